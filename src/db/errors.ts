/** The database can't be reached or didn't answer in time; nothing was begun. */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** The connection broke around COMMIT: the transaction may or may not have happened. */
export class CommitUnknown extends Error {
  override name = 'CommitUnknown'
  /** The server's id of the broken connection, to end it there. */
  readonly threadId: number
  /** What the transaction answers if it did happen. */
  readonly result: unknown
  constructor(threadId: number, result: unknown, cause: unknown) {
    super('the outcome of COMMIT is unknown', { cause })
    this.threadId = threadId
    this.result = result
  }
}

const serialization = new Set([1020, 1205, 1213])
const duplicate = new Set([1062])
const serverGoing = new Set([1040, 1053, 1077, 1079, 1080, 1152, 1184, 1203, 1836, 1290, 1927, 2006, 2013])
const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
])

/** True for a deadlock, a lock wait timeout or a snapshot conflict: the whole transaction may be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return someCause(error, (cause) => serialization.has(Number(cause.errno)))
}

/** True when a unique key refused a row. */
export function isDuplicateKey(error: unknown): boolean {
  return someCause(error, (cause) => duplicate.has(Number(cause.errno)))
}

/** True when the connection is gone or can't be trusted any more. */
export function isConnectionLoss(error: unknown): boolean {
  return someCause(
    error,
    (cause) =>
      cause.fatal === true ||
      lostCodes.has(String(cause.code)) ||
      serverGoing.has(Number(cause.errno)) ||
      /closed state|Connection lost|closed connection/.test(String(cause.message)),
  )
}

/** True when there is no database to talk to. */
export function isDatabaseGone(error: unknown): boolean {
  return isOfDatabase(error) && (someCause(error, isAway) || isConnectionLoss(error))
}

/** True when the database, rather than the request, is at fault: worth a retry by the caller. */
export function isDatabaseAway(error: unknown): boolean {
  return isDatabaseGone(error) || isSerializationFailure(error)
}

/** True for what this program or the driver says of a database: a store's connection is refused by the same words. */
function isOfDatabase(error: unknown): boolean {
  return someCause(
    error,
    (cause) =>
      isAway(cause) ||
      cause instanceof CommitUnknown ||
      cause.fatal === true ||
      typeof cause.sqlState === 'string' ||
      String(cause.code).startsWith('PROTOCOL_'),
  )
}

function isAway(cause: unknown): boolean {
  return cause instanceof DatabaseAway
}

function someCause(error: unknown, test: (cause: Record<string, unknown>) => boolean): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (test(cause as unknown as Record<string, unknown>)) return true
  }
  return false
}

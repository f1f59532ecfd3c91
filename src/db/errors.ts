/** The database can't be reached or didn't answer in time; nothing was begun. */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** Where a session runs: the id of its connection counts on that server alone. */
export interface SessionPlace {
  server: string
  threadId: number
}

/** COMMIT failed or went unanswered: the transaction may or may not have happened. */
export class CommitUnknown extends Error {
  override name = 'CommitUnknown'
  /** The session that sent COMMIT, to end it there. */
  readonly place: SessionPlace
  /** What the transaction answers if it did happen. */
  readonly result: unknown
  constructor(place: SessionPlace, result: unknown, cause: unknown) {
    super('the outcome of COMMIT is unknown', { cause })
    this.place = place
    this.result = result
  }
}

/** Deadlocks, lock waits, changed snapshots, and what the certification of a cluster turned down. */
const serialization = new Set([1020, 1205, 1213, 3101])
const duplicate = new Set([1062])
/**
 * What only this connection can't do: too many connections, a server that stops or is offline, that is read-only (by its
 * options, by itself or by the session's), outside of the primary component or without its group. Another connection,
 * perhaps to another server, may.
 */
const connectionUnfit = new Set([
  1040, 1047, 1053, 1077, 1079, 1080, 1152, 1180, 1184, 1203, 1290, 1792, 1836, 1927, 2006, 2013, 3032, 3100,
])
/** A full disk, and statements that the server ended because they took too long. */
const serverUnfit = new Set([1021, 1114, 1969, 3024])
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

/** What was read before a lock was taken has changed since: the whole transaction may be run again. */
export class StaleRead extends Error {
  override name = 'StaleRead'
}

/** True for a deadlock, a lock wait timeout or a snapshot conflict: the whole transaction may be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof StaleRead || someCause(error, (cause) => serialization.has(Number(cause.errno)))
}

/** True when a unique key refused a row. */
export function isDuplicateKey(error: unknown): boolean {
  return someCause(error, (cause) => duplicate.has(Number(cause.errno)))
}

/** True when the connection is gone, can't be trusted any more, or says that it can't do its work. */
export function isConnectionLoss(error: unknown): boolean {
  return someCause(
    error,
    (cause) =>
      cause.fatal === true ||
      lostCodes.has(String(cause.code)) ||
      connectionUnfit.has(Number(cause.errno)) ||
      /closed state|Connection lost|closed connection/.test(String(cause.message)),
  )
}

/** True when there is no database to talk to. */
export function isDatabaseGone(error: unknown): boolean {
  return isOfDatabase(error) && (someCause(error, isAway) || isConnectionLoss(error))
}

/** True when the database, rather than the request, is at fault: worth a retry by the caller. */
export function isDatabaseAway(error: unknown): boolean {
  return (
    isDatabaseGone(error) ||
    isSerializationFailure(error) ||
    someCause(error, (cause) => serverUnfit.has(Number(cause.errno)))
  )
}

/** True for what this program or the driver says of a database: a store's connection is refused by the same words. */
function isOfDatabase(error: unknown): boolean {
  return someCause(
    error,
    (cause) =>
      isAway(cause) ||
      cause.fatal === true ||
      typeof cause.sqlState === 'string' ||
      String(cause.code).startsWith('PROTOCOL_'),
  )
}

function isAway(cause: unknown): boolean {
  return cause instanceof DatabaseAway || cause instanceof CommitUnknown
}

function someCause(error: unknown, test: (cause: Record<string, unknown>) => boolean): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (test(cause as unknown as Record<string, unknown>)) return true
  }
  return false
}

/** The database can't be reached or didn't answer in time. Nothing was begun. */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** Which server a session runs on, and its id there. The id means nothing on another server. */
export interface SessionPlace {
  server: string
  threadId: number
}

/** COMMIT failed or was not answered: the transaction may or may not have happened. */
export class CommitUnknown extends Error {
  override name = 'CommitUnknown'
  /** The session that sent COMMIT, so that it can be killed. */
  readonly place: SessionPlace
  /** The result of the transaction if it did happen. */
  readonly result: unknown
  constructor(place: SessionPlace, result: unknown, cause: unknown) {
    super('the outcome of COMMIT is unknown', { cause })
    this.place = place
    this.result = result
  }
}

/** Deadlocks, lock wait timeouts, changed snapshots, and conflicts that a cluster's certification found. */
const serialization = new Set([1020, 1205, 1213, 3101])
const duplicate = new Set([1062])
/**
 * Faults of one connection or its server; another connection, perhaps to another server, may work. There are too many
 * connections, or the server is stopping, offline, read-only (by its options, by itself or for the session), outside
 * the primary component of its cluster or without its group.
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

/** Something that was read before a lock was taken has changed since. The whole transaction may be run again. */
export class StaleRead extends Error {
  override name = 'StaleRead'
}

/** True for a deadlock, a lock wait timeout or a conflict. The whole transaction may be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof StaleRead || someCause(error, (cause) => serialization.has(Number(cause.errno)))
}

/** True when a unique key refused a row. */
export function isDuplicateKey(error: unknown): boolean {
  return someCause(error, (cause) => duplicate.has(Number(cause.errno)))
}

/** True when the connection is gone, can't be trusted any more, or reports that it can't do its work. */
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

/** True when no database can be reached. */
export function isDatabaseAway(error: unknown): boolean {
  return isOfDatabase(error) && (someCause(error, isAway) || isConnectionLoss(error))
}

/** True when the database is at fault and not the request. The caller may try again. */
export function isDatabaseFault(error: unknown): boolean {
  return (
    isDatabaseAway(error) ||
    isSerializationFailure(error) ||
    someCause(error, (cause) => serverUnfit.has(Number(cause.errno)))
  )
}

/** True for errors about the database, from this program or the driver. The image store's errors share some codes. */
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

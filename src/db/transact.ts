import type { PoolConnection } from 'mysql2/promise'
import type { Database } from './client.ts'
import { CommitUnknown, isConnectionLoss, isSerializationFailure } from './errors.ts'
import { placeOf } from './session.ts'
import { openStatements, type Statements, type Transaction } from './statements.ts'

export type { Transaction } from './statements.ts'

/** What `withoutCommit` throws. */
class NothingToCommit<T> {
  readonly result: T
  constructor(result: T) {
    this.result = result
  }
}

/**
 * Ends the transaction without a commit: it throws, so that the work goes no further, and `transact` returns `result`.
 * @throws always
 */
export function withoutCommit<T>(result: T): never {
  throw new NothingToCommit(result)
}

const rollbackTimeout_ms = 2_000

/**
 * The only place that opens a transaction. Runs `work` on one connection, between START TRANSACTION and COMMIT, and
 * throws the first error. A connection that can't be trusted afterwards is destroyed, never released.
 * @throws {CommitUnknown} when COMMIT failed or its answer was lost. The caller must find out whether it happened.
 */
export async function transact<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const connection = await database.acquire()
  const statements = openStatements(connection)
  let result: T
  try {
    statements.later('START TRANSACTION')
    result = await work(statements)
  } catch (error) {
    statements.close()
    await rollback(connection, error)
    if (error instanceof NothingToCommit) return error.result as T
    throw error
  }
  await commit(connection, statements, result)
  return result
}

async function commit(connection: PoolConnection, statements: Statements, result: unknown): Promise<void> {
  const failure = await statements.commit()
  if (failure === undefined) return connection.release()
  const { error, wasBeforeCommit } = failure
  if (wasBeforeCommit) {
    await rollback(connection, error)
    throw error
  }
  const place = placeOf(connection)
  connection.destroy()
  // On a cluster a failed COMMIT may still have happened on the other servers. Only a conflict means that it did not.
  throw isSerializationFailure(error) ? error : new CommitUnknown(place, result, error)
}

async function rollback(connection: PoolConnection, reason: unknown): Promise<void> {
  if (isConnectionLoss(reason)) return connection.destroy()
  try {
    await connection.query({ sql: 'ROLLBACK', timeout: rollbackTimeout_ms })
    connection.release()
  } catch {
    connection.destroy()
  }
}

import type { PoolConnection } from 'mysql2/promise'
import type { Database } from './client.ts'
import { CommitUnknown, isConnectionLoss, isSerializationFailure } from './errors.ts'
import { placeOf } from './session.ts'

/** What a transaction's work may do: bounded statements on one connection. */
export interface Transaction {
  query<Row>(sql: string, params?: unknown[]): Promise<Row[]>
  write(sql: string, params?: unknown[]): Promise<{ insertId: number; affectedRows: number }>
}

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

const statementTimeout_ms = 10_000
const rollbackTimeout_ms = 2_000

/**
 * The only place that opens a transaction. Runs `work` on one connection, between START TRANSACTION and COMMIT, and
 * throws the first error. A connection that can't be trusted afterwards is destroyed, never released.
 * @throws {CommitUnknown} when COMMIT failed or its answer was lost. The caller must find out whether it happened.
 */
export async function transact<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const connection = await database.acquire()
  let result: T
  try {
    await connection.query({ sql: 'START TRANSACTION', timeout: statementTimeout_ms })
    result = await work(statementsOn(connection))
  } catch (error) {
    await rollback(connection, error)
    if (error instanceof NothingToCommit) return error.result as T
    throw error
  }
  await commit(connection, result)
  return result
}

function statementsOn(connection: PoolConnection): Transaction {
  const send = async (sql: string, values?: unknown[]) =>
    (await connection.query({ sql, timeout: statementTimeout_ms, typeCast: datesAsText }, values))[0]
  return {
    query: async <Row>(sql: string, params?: unknown[]) => (await send(sql, params)) as Row[],
    write: async (sql, params) => (await send(sql, params)) as { insertId: number; affectedRows: number },
  }
}

/** Leaves dates as the text that the database sends; the mappings' columns parse it. */
function datesAsText(field: { type: string; string(): string | null }, next: () => unknown): unknown {
  return field.type === 'DATETIME' || field.type === 'TIMESTAMP' || field.type === 'DATE' ? field.string() : next()
}

async function commit(connection: PoolConnection, result: unknown): Promise<void> {
  try {
    await connection.query({ sql: 'COMMIT', timeout: statementTimeout_ms })
    connection.release()
  } catch (error) {
    const place = placeOf(connection)
    connection.destroy()
    // On a cluster a failed COMMIT may still have happened on the other servers. Only a conflict means that it did not.
    throw isSerializationFailure(error) ? error : new CommitUnknown(place, result, error)
  }
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

import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolConnection, type QueryOptions } from 'mysql2/promise'
import { within } from '../lib/within.ts'
import { connectionTo, type DatabaseAddress } from './address.ts'
import { DatabaseAway, isConnectionLoss } from './errors.ts'

export interface Database {
  /** Drizzle over bounded reads; nothing that moves points or stock goes through it. */
  readonly orm: MySql2Database
  /** A prepared connection (UTC, READ COMMITTED, strict); who takes it releases or destroys it. */
  acquire(): Promise<PoolConnection>
  /** One statement on a connection of its own, bounded in time: `timeoutMs`, or the usual limit. */
  query<Row>(sql: string, params?: unknown[], timeoutMs?: number): Promise<Row[]>
  /** Connections in use, idle, and callers waiting for one. */
  usage(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

export interface DatabaseOptions {
  address: DatabaseAddress
  poolSize: number
  /** How long a caller waits for a connection. */
  acquireTimeout_ms?: number
  /** How long one statement may take before its connection is given up. */
  statementTimeout_ms?: number
}

const lockWait_s = 2
const waitingPerConnection = 50

/** Opens a pool; no connection is made before the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { address, poolSize, acquireTimeout_ms = 5_000, statementTimeout_ms = 10_000 } = options
  const pool = createPool({
    ...connectionTo(address),
    connectionLimit: poolSize,
    queueLimit: poolSize * waitingPerConnection,
    connectTimeout: acquireTimeout_ms,
    timezone: 'Z',
    charset: 'utf8mb4_unicode_ci',
    supportBigNumbers: true,
    // Where a statement was sent from is in no log, and finding it out at each costs more than writing it.
    trace: false,
  })
  const prepared = new WeakSet<object>()

  const acquire = async () => {
    const connection = await withDeadline(pool, acquireTimeout_ms)
    if (prepared.has(connection.connection)) return connection
    try {
      await prepare(connection, acquireTimeout_ms)
      prepared.add(connection.connection)
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  const run = async (statement: string | QueryOptions, params?: unknown[], timeout = statementTimeout_ms) => {
    const connection = await acquire()
    const options = typeof statement === 'string' ? { sql: statement } : statement
    try {
      const result = await connection.query({ ...options, timeout }, params)
      connection.release()
      return result
    } catch (error) {
      if (isConnectionLoss(error)) connection.destroy()
      else connection.release()
      throw error
    }
  }

  return {
    // Drizzle asks no more of its client than `query`; ours bounds the wait for a connection and for an answer.
    orm: drizzle({ client: { query: run } as unknown as Pool }),
    acquire,
    query: async <Row>(sql: string, params?: unknown[], timeoutMs?: number) =>
      (await run(sql, params, timeoutMs))[0] as Row[],
    usage: () => usageOf(pool),
    close: () => pool.end(),
  }
}

async function withDeadline(pool: Pool, timeoutMs: number): Promise<PoolConnection> {
  const pending = pool.getConnection()
  const connection = await within(pending, timeoutMs, undefined).catch((error: unknown) => {
    throw new DatabaseAway('no connection', error)
  })
  if (connection) return connection
  pending.then(
    (late) => late.release(),
    () => {},
  )
  throw new DatabaseAway(`no connection within ${timeoutMs} ms`)
}

/** Session settings the whole program leans on; a server that doesn't take them is refused. */
async function prepare(connection: PoolConnection, timeout: number): Promise<void> {
  const ask = async (sql: string) => (await connection.query({ sql, timeout }))[0]
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  await ask(
    `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = ${lockWait_s},
       sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
  )
  const rows = await ask(`SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')`)
  const level = (rows as { Value: string }[])[0]?.Value
  if (level !== 'READ-COMMITTED') throw new Error(`the server kept isolation level ${level}`)
}

/** mysql2 publishes no figures of its pool; these are its queues, read and never touched. */
function usageOf(pool: Pool): { total: number; idle: number; waiting: number } {
  const inner = (pool as unknown as { pool: Record<string, { length: number } | undefined> }).pool
  const length = (name: string) => inner[name]?.length ?? 0
  return { total: length('_allConnections'), idle: length('_freeConnections'), waiting: length('_connectionQueue') }
}

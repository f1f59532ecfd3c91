import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolConnection, type QueryOptions } from 'mysql2/promise'
import { within } from '../lib/within.ts'
import { connectionTo, type DatabaseAddress } from './address.ts'
import { DatabaseAway, isConnectionLoss } from './errors.ts'
import { boundStatement, prepareSession } from './session.ts'

export interface Database {
  /** Drizzle, with statements bounded in time. Points and stock never move through it. */
  readonly orm: MySql2Database
  /**
   * A prepared connection (UTC, READ COMMITTED, strict) that takes several statements in one packet, for transactions.
   * The caller releases or destroys it.
   */
  acquire(): Promise<PoolConnection>
  /** Runs one statement on a connection of its own, for at most `timeout_ms` or the usual limit. */
  query<Row>(sql: string, params?: unknown[], timeout_ms?: number): Promise<Row[]>
  /** Connections in use, idle, and callers waiting for one. */
  usage(): Usage
  close(): Promise<void>
}

export interface DatabaseOptions {
  address: DatabaseAddress
  /** The most connections; two at least. */
  poolSize: number
  /** How many of them are kept for transactions; left out: half. */
  transactions?: number
  /** How long a caller waits for a connection. */
  acquireTimeout_ms?: number
  /** How long one statement may take before its connection is given up. */
  statementTimeout_ms?: number
}

const waitingPerConnection = 50

/** Opens a pool; no connection is made before the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { acquireTimeout_ms = 5_000, statementTimeout_ms = 10_000 } = options
  const forTransactions = options.transactions ?? Math.ceil(options.poolSize / 2)
  const transactions = poolOf(options, { size: forTransactions, multipleStatements: true })
  const pool = poolOf(options, { size: Math.max(1, options.poolSize - forTransactions), multipleStatements: false })

  const prepared = async (from: Pool) => {
    const connection = await withDeadline(from, acquireTimeout_ms)
    try {
      await prepareSession(connection, { timeout_ms: acquireTimeout_ms, statementTimeout_ms })
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  const run = async (statement: string | QueryOptions, params?: unknown[], timeout = statementTimeout_ms) => {
    const connection = await prepared(pool)
    const options = typeof statement === 'string' ? { sql: statement } : statement
    const sql = timeout === statementTimeout_ms ? options.sql : boundStatement(connection, options.sql, timeout)
    try {
      const result = await connection.query({ ...options, sql, timeout }, params)
      connection.release()
      return result
    } catch (error) {
      if (isConnectionLoss(error)) connection.destroy()
      else connection.release()
      throw error
    }
  }

  return {
    // Drizzle calls only `query` of its client. Ours bounds the wait for a connection and for an answer.
    orm: drizzle({ client: { query: run } as unknown as Pool }),
    acquire: () => prepared(transactions),
    query: async <Row>(sql: string, params?: unknown[], timeout_ms?: number) =>
      (await run(sql, params, timeout_ms))[0] as Row[],
    usage: () => added(usageOf(pool), usageOf(transactions)),
    close: async () => {
      await Promise.all([pool.end(), transactions.end()])
    },
  }
}

/** Only transactions may send several statements at once: elsewhere a second one could only be an intruder's. */
function poolOf(
  { address, acquireTimeout_ms = 5_000 }: DatabaseOptions,
  { size, multipleStatements }: { size: number; multipleStatements: boolean },
): Pool {
  return createPool({
    ...connectionTo(address),
    multipleStatements,
    connectionLimit: size,
    queueLimit: size * waitingPerConnection,
    connectTimeout: acquireTimeout_ms,
    timezone: 'Z',
    charset: 'utf8mb4_unicode_ci',
    supportBigNumbers: true,
    // No log shows where a statement was sent from, and finding that out costs more than sending the statement.
    trace: false,
  })
}

async function withDeadline(pool: Pool, timeout_ms: number): Promise<PoolConnection> {
  const pending = pool.getConnection()
  const connection = await within(pending, timeout_ms, undefined).catch((error: unknown) => {
    throw new DatabaseAway('no connection', error)
  })
  if (connection) return connection
  pending.then(
    (late) => late.release(),
    () => {},
  )
  throw new DatabaseAway(`no connection within ${timeout_ms} ms`)
}

interface Usage {
  total: number
  idle: number
  waiting: number
}

function added(a: Usage, b: Usage): Usage {
  return { total: a.total + b.total, idle: a.idle + b.idle, waiting: a.waiting + b.waiting }
}

/** mysql2 publishes no figures of its pool, so this reads its private queues. It changes nothing in them. */
function usageOf(pool: Pool): Usage {
  const inner = (pool as unknown as { pool: Record<string, { length: number } | undefined> }).pool
  const length = (name: string) => inner[name]?.length ?? 0
  return { total: length('_allConnections'), idle: length('_freeConnections'), waiting: length('_connectionQueue') }
}

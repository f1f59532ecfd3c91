import type { PoolConnection } from 'mysql2/promise'
import type { SessionPlace } from './errors.ts'

interface Session {
  server: string
  /** How this server limits a statement's time; undefined when it can't. */
  limit: Limit | undefined
}

/** The SQL that limits how long a statement may take: `set` for the whole session, `within` for one statement. */
interface Limit {
  set(most_ms: number): string
  within(sql: string, most_ms: number): string
}

const lockWait_s = 2
/** How much longer the server's limit is than the client's: the client gives up first, so that its rules apply. */
const serverMargin_ms = 1_000

const sessions = new WeakMap<object, Session>()

/** By the variable that the server has: MariaDB's, then MySQL's, which limits SELECT alone. */
const limits: Readonly<Record<string, Limit>> = {
  max_statement_time: {
    set: (most_ms) => `SET SESSION max_statement_time = ${most_ms / 1_000}`,
    within: (sql, most_ms) => `SET STATEMENT max_statement_time = ${most_ms / 1_000} FOR ${sql}`,
  },
  max_execution_time: {
    set: (most_ms) => `SET SESSION max_execution_time = ${most_ms}`,
    within: (sql, most_ms) => sql.replace(/^\s*SELECT\b/i, `SELECT /*+ MAX_EXECUTION_TIME(${most_ms}) */`),
  },
}

const asked = ['tx_isolation', 'transaction_isolation', 'hostname', 'port', 'wsrep_on', ...Object.keys(limits)]

/**
 * Makes the settings that the whole program relies on, once for each connection: UTC, READ COMMITTED, strict mode and
 * short lock waits. The server also ends a statement whose caller has given up, where it can.
 * @throws when the server keeps another isolation level.
 */
export async function prepareSession(
  connection: PoolConnection,
  { timeout_ms, statementTimeout_ms }: { timeout_ms: number; statementTimeout_ms: number },
): Promise<void> {
  if (sessions.has(connection.connection)) return
  const ask = async (sql: string) => (await connection.query({ sql, timeout: timeout_ms }))[0]
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  await ask(
    `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = ${lockWait_s},
       sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
  )
  const found = await ask(`SHOW SESSION VARIABLES WHERE Variable_name IN ('${asked.join("','")}')`)
  const variables = new Map(
    (found as { Variable_name: string; Value: string }[]).map((v) => [v.Variable_name, v.Value]),
  )
  const level = variables.get('transaction_isolation') ?? variables.get('tx_isolation')
  if (level !== 'READ-COMMITTED') throw new Error(`the server kept isolation level ${level}`)
  const limit = Object.entries(limits).find(([name]) => variables.has(name))?.[1]
  if (limit) await ask(limit.set(statementTimeout_ms + serverMargin_ms))
  // On Galera a read then waits for what the other servers committed before it, so that nobody meets an old balance.
  if (variables.get('wsrep_on') === 'ON') await ask('SET SESSION wsrep_sync_wait = 1')
  sessions.set(connection.connection, { server: `${variables.get('hostname')}:${variables.get('port')}`, limit })
}

/** The statement, with a limit that makes the server end it soon after `most_ms`, where it can. */
export function boundStatement(connection: PoolConnection, sql: string, most_ms: number): string {
  return limitOf(connection)?.within(sql, most_ms + serverMargin_ms) ?? sql
}

/** Lets the statements of this connection take as long as they need. */
export async function liftLimit(connection: PoolConnection): Promise<void> {
  const limit = limitOf(connection)
  if (limit) await connection.query(limit.set(0))
}

/** Which server a prepared connection is on, and its session's id there. */
export function placeOf(connection: PoolConnection): SessionPlace {
  return { server: sessions.get(connection.connection)?.server ?? '', threadId: connection.threadId }
}

function limitOf(connection: PoolConnection): Limit | undefined {
  return sessions.get(connection.connection)?.limit
}

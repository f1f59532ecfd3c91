import { type Connection, format } from 'mysql2'
import type { PoolConnection } from 'mysql2/promise'

/** What a transaction's work may do: bounded statements on one connection, in the order in which they are given. */
export interface Transaction {
  query<Row>(sql: string, params?: unknown[]): Promise<Row[]>
  write(sql: string, params?: unknown[]): Promise<{ insertId: number; affectedRows: number }>
  /** A write whose result nobody needs. It travels with the statement after it, at the latest with COMMIT. */
  later(sql: string, params?: unknown[]): void
}

/** The statements of one transaction. Those that are given at once travel in one packet. */
export interface Statements extends Transaction {
  /** Sends what has not been sent, and COMMIT with it. Returns what went wrong. */
  commit(): Promise<CommitFailure | undefined>
  /** Sends nothing any more: a statement after ROLLBACK would be a transaction of its own. */
  close(): void
}

export interface CommitFailure {
  error: unknown
  /** True when a statement before COMMIT failed, so that COMMIT was never run. */
  wasBeforeCommit: boolean
}

interface Statement {
  sql: string
  resolve?: (result: unknown) => void
  reject?: (error: unknown) => void
}

interface Sent {
  /** The result of each statement. */
  results: unknown[]
  /** How many statements the server has answered, and with what error the next one failed. */
  answered: number
  error?: DriverError
}

interface DriverError extends Error {
  code?: string
  sqlState?: string
  fatal?: boolean
}

const timeout_ms = 10_000
/** Packets are not made longer than this, in characters. */
const longestPacket = 1_000_000

/**
 * Gathers the statements that are given in one turn of the event loop, and sends them together. The server runs them in
 * their order and stops at the first that fails. After that none is sent any more.
 */
export function openStatements(connection: PoolConnection): Statements {
  const waiting: Statement[] = []
  let isSending = false
  let broken: { error: unknown } | undefined

  const sendAll = async () => {
    isSending = true
    while (waiting.length > 0 && !broken) await sendSome()
    isSending = false
    if (broken) fail(waiting.splice(0), broken.error)
  }
  const sendSome = async () => {
    const packet = waiting.splice(0, fitting(waiting))
    const { results, error } = await send(connection, packet)
    if (error !== undefined) {
      broken ??= { error }
      return fail(packet, error)
    }
    for (const [at, { resolve }] of packet.entries()) resolve?.(results[at])
  }
  const later = (sql: string, params?: unknown[]) => {
    waiting.push({ sql: filled(sql, params) })
  }
  const ask = <Result>(sql: string, params?: unknown[]) =>
    new Promise<Result>((resolve, reject) => {
      if (broken) return reject(broken.error)
      waiting.push({ sql: filled(sql, params), resolve: resolve as (result: unknown) => void, reject })
      if (isSending) return
      isSending = true
      queueMicrotask(() => void sendAll())
    })

  return {
    query: ask,
    write: ask,
    later,
    async commit() {
      if (broken) return { error: broken.error, wasBeforeCommit: true }
      later('COMMIT')
      while (waiting.length > 0) {
        const packet = waiting.splice(0, fitting(waiting))
        const { answered, error } = await send(connection, packet)
        if (error === undefined) continue
        const hadCommit = waiting.length === 0 && !wasNeverSent(error)
        return { error, wasBeforeCommit: !hadCommit || (answered < packet.length - 1 && isOfServer(error)) }
      }
      return undefined
    },
    close() {
      broken ??= { error: new Error('the transaction is over') }
    },
  }
}

function filled(sql: string, params: unknown[] | undefined): string {
  return format(sql, params as Parameters<typeof format>[1], false, 'Z')
}

function fail(statements: readonly Statement[], error: unknown): void {
  for (const { reject } of statements) reject?.(error)
}

/** How many of the statements fit into one packet; at least one. */
function fitting(statements: readonly Statement[]): number {
  let length = 0
  const tooMany = statements.findIndex(({ sql }, at) => {
    length += sql.length
    return at > 0 && length > longestPacket
  })
  return tooMany === -1 ? statements.length : tooMany
}

function send(connection: PoolConnection, statements: readonly Statement[]): Promise<Sent> {
  const { promise, resolve } = Promise.withResolvers<Sent>()
  let answered = 0
  const sql = statements.map((statement) => statement.sql).join(';\n')
  const core = connection.connection as unknown as Connection
  const command = core.query({ sql, timeout: timeout_ms, dateStrings: true }, (error, results) => {
    if (error) resolve({ results: [], answered, error })
    else resolve({ results: statements.length === 1 ? [results] : (results as unknown[]), answered })
  })
  command.on('fields', () => {
    answered += 1
  })
  return promise
}

/** True for an answer of the server, which then has run nothing after the statement that failed. */
function isOfServer({ sqlState, fatal }: DriverError): boolean {
  return typeof sqlState === 'string' && fatal !== true
}

/** True when the connection was closed before the packet could be sent. */
function wasNeverSent({ code, message }: DriverError): boolean {
  return code === 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR' || /in closed state/.test(message)
}

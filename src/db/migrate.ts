import type { PoolConnection } from 'mysql2/promise'
import { OperatorError } from '../lib/operator-error.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { retry } from '../lib/retry.ts'
import type { Database } from './client.ts'
import { isDuplicateKey, isSerializationFailure } from './errors.ts'
import { type Migration, migrations } from './migrations.ts'
import { liftLimit } from './session.ts'

const lockTimeout_s = 120
/** Short, because a statement that waits for a table makes every later query of that table wait too. */
const tableLockWait_s = 3
const pauses_ms = Array.from({ length: 12 }, () => 5_000)
const recordPauses_ms = Array.from({ length: 10 }, () => 100)
const looksForAnother = 20
const lookPause_ms = 250

/** Error codes that say a statement took effect earlier: its object exists already, or is already gone. */
const alreadyDone = new Set([1050, 1060, 1061, 1091, 1826, 3822])
/** MariaDB uses it for many faults; a foreign key that exists already is one of them. */
const cantCreate = 1005

/**
 * Brings the schema up to date and returns the names of the files that it applied. Replicas that start together take
 * turns by a lock on the server. If a run was killed half-way, the next one goes on at the statement it had reached.
 */
export async function migrate(
  database: Database,
  all: readonly Migration[] = migrations,
  progress: Progress = unwatched,
): Promise<string[]> {
  if (await isUpToDate(database, all)) return []
  const connection = await database.acquire()
  try {
    await liftLimit(connection)
    await takeLock(connection)
    await connection.query(`SET SESSION lock_wait_timeout = ${tableLockWait_s}`)
    return await applyMissing(connection, all, progress)
  } finally {
    // The lock ends with the connection, whatever happened.
    connection.destroy()
  }
}

async function isUpToDate(database: Database, all: readonly Migration[]): Promise<boolean> {
  try {
    const done = await database.query<{ name: string }>('SELECT name FROM migrations WHERE finished_at IS NOT NULL')
    const names = new Set(done.map(({ name }) => name))
    return all.every(({ name }) => names.has(name))
  } catch (error) {
    if ((error as { errno?: number }).errno === 1146) return false
    throw error
  }
}

async function takeLock(connection: PoolConnection): Promise<void> {
  const [rows] = await connection.query(`SELECT GET_LOCK(CONCAT('migrate:', LEFT(DATABASE(), 50)), ?) AS got`, [
    lockTimeout_s,
  ])
  if ((rows as { got: number }[])[0]?.got !== 1) throw new OperatorError('another process is migrating this database')
}

async function applyMissing(
  connection: PoolConnection,
  all: readonly Migration[],
  progress: Progress,
): Promise<string[]> {
  await connection.query(
    `CREATE TABLE IF NOT EXISTS migrations (
       name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
       statements_done INT NOT NULL, started_at DATETIME(3) NOT NULL, finished_at DATETIME(3)
     ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
  )
  const [rows] = await connection.query('SELECT name, statements_done, finished_at FROM migrations')
  const known = new Map((rows as Reached[]).map((row) => [row.name, row]))
  const missing = all.filter(({ name }) => !known.get(name)?.finished_at)
  const total = missing.flatMap(statementsOf).length
  let earlier = 0
  for (const migration of missing) {
    const report = (done: number) => progress('statements of migrations', earlier + done, total)
    await apply(connection, migration, { reached: known.get(migration.name), report })
    earlier += statementsOf(migration).length
  }
  return missing.map(({ name }) => name)
}

function statementsOf({ sql }: Migration): string[] {
  return sql.split('--> statement-breakpoint')
}

interface Reached {
  name: string
  statements_done: number
  finished_at: unknown
}

/**
 * Applies one file. The lock holds on one server alone, so on a cluster another process may be applying the same file.
 * Whichever comes second at a statement waits until the other has recorded it, and goes on from there.
 */
async function apply(
  connection: PoolConnection,
  migration: Migration,
  { reached, report }: { reached: Reached | undefined; report: (done: number) => void },
): Promise<void> {
  const { name } = migration
  const isResumed = reached !== undefined || !(await claim(connection, name))
  const resumeAt = reached?.statements_done ?? 0
  const statements = statementsOf(migration)
  for (let index = resumeAt; index < statements.length; ) {
    report(index)
    try {
      await applyStatement(connection, statements[index] ?? '', isResumed && index === resumeAt)
      index += 1
      await record(connection, 'statements_done = GREATEST(statements_done, ?)', [index, name])
    } catch (error) {
      index = await reachedByAnother(connection, name, index, error)
    }
  }
  report(statements.length)
  await record(connection, 'finished_at = UTC_TIMESTAMP(3)', [name])
}

/** Records that this file is begun; false when another process has begun it already. */
async function claim(connection: PoolConnection, name: string): Promise<boolean> {
  try {
    await connection.query('INSERT INTO migrations VALUES (?, 0, UTC_TIMESTAMP(3), NULL)', [name])
    return true
  } catch (error) {
    if (isDuplicateKey(error) || isSerializationFailure(error)) return false
    throw error
  }
}

async function record(connection: PoolConnection, change: string, params: unknown[]): Promise<void> {
  const write = () => connection.query(`UPDATE migrations SET ${change} WHERE name = ?`, params)
  await retry(write, recordPauses_ms, isSerializationFailure)
}

/**
 * How far another process has come, when `error` says that it ran this statement first.
 * @throws `error` when it says anything else, or when nobody records the statement
 */
async function reachedByAnother(connection: PoolConnection, name: string, index: number, error: unknown) {
  if (!isDone(error as { errno: number; message: string })) throw error
  for (let looks = 0; looks < looksForAnother; looks += 1) {
    await Bun.sleep(lookPause_ms)
    const [rows] = await connection.query('SELECT statements_done FROM migrations WHERE name = ?', [name])
    const reached = (rows as Reached[])[0]?.statements_done ?? 0
    if (reached > index) return reached
  }
  throw error
}

async function applyStatement(connection: PoolConnection, statement: string, mayBeDone: boolean): Promise<void> {
  try {
    await retry(() => connection.query(statement), pauses_ms, isSerializationFailure)
  } catch (error) {
    if (mayBeDone && isDone(error as { errno: number; message: string })) return
    throw error
  }
}

function isDone({ errno, message }: { errno: number; message: string }): boolean {
  return alreadyDone.has(errno) || (errno === cantCreate && message.includes('errno: 121 '))
}

import type { Database } from '../src/db/client.ts'
import { liftLimit } from '../src/db/session.ts'
import { day_ms } from '../src/lib/calendar.ts'
import { drawsAVisit, type FilledTable, gain, ordersAVisit, tablesOf, visit } from './history-tables.ts'
import { phoneOf } from './people.ts'
import type { Result } from './result.ts'
import { rounded } from './sample.ts'

/** Rows of the ledger that one statement writes; it keeps the transactions short. */
const rowsAtOnce = 100_000

/**
 * Fills the tables as if `people` had come every day: approved receipts, draws, orders of one product, their vouchers, and
 * `rows` rows of the ledger. Every balance, stock and turn is as `reconcile` asks. The log has nothing of it: its turns
 * have no leaves, so that `reconcile` names them once a log begins. Nor has the audit, nor what staff have given. The
 * program that is measured writes all of them as always.
 */
export async function fillHistory(
  database: Database,
  { people, rows, productId }: { people: number; rows: number; productId: number },
): Promise<Result> {
  const startedAt = performance.now()
  const visits = Math.max(1, Math.round(rows / people / visit.length))
  await prepare(database, Math.max(people, visits))
  await insertPeople(database, { people, visits })
  const [ends] = await database.query<{ first: number; last: number }>(
    'SELECT MIN(user_id) AS first, MAX(user_id) AS last FROM users',
  )
  const { first, last } = ends ?? { first: 1, last: people }
  const visitsAtOnce = Math.max(1, Math.floor(rowsAtOnce / people / visit.length))
  const ranges = Array.from({ length: Math.ceil(visits / visitsAtOnce) }, (_, at) => {
    const from = at * visitsAtOnce
    return [from, Math.min(from + visitsAtOnce, visits) - 1, first, last]
  })
  const { points_records, ...others } = tablesOf(productId, new Date(Date.now() - visits * day_ms))
  await Promise.all([fill(database, { points_records }, ranges), fill(database, others, ranges)])
  const sold = visits * ordersAVisit * people
  const movements = 'stock = stock - ?, stock_seq = stock_seq + ?, sales_count = sales_count + ?'
  await database.query(`UPDATE products SET ${movements} WHERE commodity_id = ?`, [sold, sold, sold, productId])
  await analyze(database, ['points_records', ...Object.keys(others), 'users', 'lottery_pity'])
  return {
    scenario: 'a history was written',
    ...{ people, visits, ledger_rows: visits * people * visit.length, draws: visits * people * drawsAVisit },
    ...{ orders: sold, took_s: rounded((performance.now() - startedAt) / 1_000) },
  }
}

async function prepare({ query }: Database, count: number): Promise<void> {
  await query('CREATE TABLE bench_numbers (n INT PRIMARY KEY)')
  await query('INSERT INTO bench_numbers VALUES ?', [Array.from({ length: count }, (_, n) => [n])])
}

async function insertPeople(
  { query }: Database,
  { people, visits }: { people: number; visits: number },
): Promise<void> {
  const [lastSeq, balance] = [visits * visit.length, visits * gain]
  const rows = Array.from({ length: people }, (_, at) => [phoneOf(at + 1), balance, lastSeq, '老顾客'])
  await query('INSERT INTO users (mobile, total_points, ledger_seq, nickname) VALUES ?', [rows])
  await query(
    `INSERT INTO lottery_pity (user_id, current_count, draws_day, draws_today, draw_no, updated_at)
      SELECT user_id, 0, '2020-01-01', ?, ?, UTC_TIMESTAMP(3) FROM users`,
    [drawsAVisit, visits * drawsAVisit],
  )
}

/** Fills tables one after the other, without the checks that slow a fill down. */
async function fill(database: Database, tables: Readonly<Record<string, FilledTable>>, ranges: readonly number[][]) {
  const connection = await database.acquire()
  await liftLimit(connection)
  await connection.query('SET SESSION foreign_key_checks = 0, unique_checks = 0')
  for (const [table, { steps, columns }] of Object.entries(tables)) {
    const names = Object.keys(columns).join(', ')
    const sql = `INSERT INTO ${table} (${names}) SELECT ${Object.values(columns).join(', ')}
      FROM bench_numbers v STRAIGHT_JOIN users u STRAIGHT_JOIN (${steps}) s
     WHERE v.n BETWEEN ? AND ? AND u.user_id BETWEEN ? AND ?`
    for (const range of ranges) await connection.query(sql, range)
  }
  connection.destroy()
}

async function analyze(database: Database, tables: readonly string[]): Promise<void> {
  for (const table of tables) await database.query(`ANALYZE TABLE ${table}`, [], analyzeTimeout_ms)
}

const analyzeTimeout_ms = 120_000

import { and, count, eq, gte, sql } from 'drizzle-orm'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { listReader } from '../db/lists.ts'
import { sharedRead } from '../db/shared-read.ts'
import { columnsOf, type RowOf } from '../db/table-rows.ts'
import { findUser, requireUser } from '../users/queries.ts'
import { type LedgerSource, pointsRecordsTable } from './schema.ts'
import type { PointsStatistics, RecordsQuery } from './wire.ts'

const table = pointsRecordsTable

const shown = columnsOf(table, [
  ...(['record_id', 'user_id', 'seq', 'points', 'type', 'source', 'related_id'] as const),
  ...(['description', 'balance_after', 'created_at'] as const),
])
type ShownRow = RowOf<typeof shown>

const readFiltered = listReader({ table: 'points_records', columns: shown, order: 'points_records.seq DESC' })

/** A page of the user's ledger, newest first. */
export async function readPointsRecords(database: Database, userId: number, query: RecordsQuery) {
  const { type, source, page, limit } = query
  const filters = [
    ...(type === 'all' ? [] : [{ sql: 'points_records.type = ?', params: [type] }]),
    ...(source ? [{ sql: 'points_records.source = ?', params: [source] }] : []),
  ]
  const of = { sql: 'points_records.user_id = ?', params: [userId] }
  const { rows, total } =
    filters.length === 0
      ? await readWhole(database, userId, query)
      : await readFiltered(database, { of, filters, page, limit })
  return { records: rows.map(recordView), pagination: paginationOf(query, total) }
}

/** A page of all rows. They have no gap, so that the number of the last one tells which rows the page has. */
async function readWhole(database: Database, userId: number, { page, limit }: RecordsQuery) {
  const total = (await findUser(database, userId))?.ledger_seq ?? 0
  const newest = total - (page - 1) * limit
  const rows = newest < 1 ? [] : await readNumbered(database, { userId, newest, oldest: newest - limit + 1 })
  return { rows, total }
}

/** The rows of a user between two numbers, both included. */
interface RowRange {
  userId: number
  newest: number
  oldest: number
}

/** How many pages one statement reads. */
const mostPages = 16

/** Reads the rows with these numbers, newest first. One SELECT of ranges costs much less than a UNION of pages. */
const readNumbered = sharedRead(async (database, pages: readonly RowRange[]) => {
  const ranges = pages.map(() => '(user_id = ? AND seq BETWEEN ? AND ?)').join(' OR ')
  const rows = await database.query<ShownRow>(
    `SELECT ${shown.sql} FROM points_records WHERE ${ranges} ORDER BY user_id DESC, seq DESC`,
    pages.flatMap(({ userId, newest, oldest }) => [userId, oldest, newest]),
  )
  const byUser = Map.groupBy(rows.map(shown.decode), ({ user_id }) => user_id)
  return pages.map(({ userId, newest, oldest }) =>
    (byUser.get(userId) ?? []).filter(({ seq }) => seq >= oldest && seq <= newest),
  )
}, mostPages)

function recordView(row: ShownRow) {
  return {
    id: row.record_id,
    points: row.points,
    type: row.type,
    source: row.source,
    related_id: row.related_id,
    description: row.description,
    balance_after: row.balance_after,
    created_at: row.created_at.toISOString(),
  }
}

/** Sums of the user's ledger by direction and source. Spent amounts are positive here. */
export async function readPointsStatistics(database: Database, userId: number): Promise<PointsStatistics> {
  const [user, sums] = await Promise.all([
    requireUser(database, userId),
    database.orm
      .select({
        type: table.type,
        source: table.source,
        points: sql<string>`SUM(ABS(${table.points}))`,
        rows: count(),
      })
      .from(table)
      .where(eq(table.user_id, userId))
      .groupBy(table.type, table.source),
  ])
  const bySource = (type: 'earn' | 'spend') =>
    Object.fromEntries(
      sums.filter((sum) => sum.type === type).map((sum) => [sum.source, Number(sum.points)]),
    ) as Partial<Record<LedgerSource, number>>
  const [earned, spent] = [bySource('earn'), bySource('spend')]
  const rows = (type: 'earn' | 'spend') => sums.reduce((all, sum) => all + (sum.type === type ? sum.rows : 0), 0)
  const [earn, spend] = [rows('earn'), rows('spend')]
  return {
    current_points: user.total_points,
    total_earned: total(earned),
    total_spent: total(spent),
    earn_by_source: earned,
    spend_by_source: spent,
    records_count: { earn, spend, total: earn + spend },
  }
}

/** What the user earned and spent since an instant. Both are positive. */
export async function sumPointsSince(
  { orm }: Database,
  userId: number,
  since: Date,
): Promise<{ earned: number; spent: number }> {
  const moved = await orm
    .select({ type: table.type, points: sql<string>`SUM(ABS(${table.points}))` })
    .from(table)
    .where(and(eq(table.user_id, userId), gte(table.created_at, since)))
    .groupBy(table.type)
  const sumOf = (type: 'earn' | 'spend') => Number(moved.find((sum) => sum.type === type)?.points ?? 0)
  return { earned: sumOf('earn'), spent: sumOf('spend') }
}

function total(bySource: Partial<Record<LedgerSource, number>>): number {
  return Object.values(bySource).reduce((sum, points) => sum + points, 0)
}

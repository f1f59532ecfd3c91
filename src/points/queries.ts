import { and, count, desc, eq, gte, type SQL, sql } from 'drizzle-orm'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { requireUser } from '../users/queries.ts'
import { type LedgerSource, pointsRecordsTable } from './schema.ts'
import type { PointsStatistics, RecordsQuery } from './wire.ts'

const table = pointsRecordsTable

/** A page of the user's ledger, newest first. */
export async function readPointsRecords(database: Database, userId: number, query: RecordsQuery) {
  const conditions: SQL[] = [eq(table.user_id, userId)]
  if (query.type !== 'all') conditions.push(eq(table.type, query.type))
  if (query.source) conditions.push(eq(table.source, query.source))
  const { rows, total } = await pageOf(database, table, {
    ...query,
    where: and(...conditions),
    order: [desc(table.seq)],
  })
  const records = rows.map(({ record_id, user_id: _user, seq: _seq, salt: _salt, created_at, ...record }) => ({
    id: record_id,
    ...record,
    created_at: created_at.toISOString(),
  }))
  return { records, pagination: paginationOf(query, total) }
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

import { and, count, countDistinct, desc, eq, gte, inArray, max, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { findVouchersBySource } from '../vouchers/queries.ts'
import { drawSourceId } from '../vouchers/source.ts'
import type { DrawType } from './draw-types.ts'
import { drawDayOf, drawsOn } from './pity.ts'
import { prizeRules, winningTypes } from './prizes.ts'
import { lotteryPityTable, lotteryRecordsTable } from './schema.ts'
import type { recordsQuery } from './wire.ts'

const table = lotteryRecordsTable

/** The user's pity counter, and their turns on the business day `day`. */
export async function readCounters({ orm }: Database, userId: number, day: string) {
  const [row] = await orm.select().from(lotteryPityTable).where(eq(lotteryPityTable.user_id, userId))
  return { pityCount: row?.current_count ?? 0, drawsToday: row ? drawsOn(row, drawDayOf(row, day)) : 0 }
}

/** A page of the user's turns, newest first. */
export async function readDrawRecords(database: Database, userId: number, query: z.output<typeof recordsQuery>) {
  const conditions: SQL[] = [eq(table.user_id, userId)]
  if (query.draw_type) conditions.push(eq(table.draw_type, query.draw_type))
  if (query.prize_type) conditions.push(eq(table.prize_type, query.prize_type))
  const { rows, total } = await pageOf(database, table, {
    ...query,
    where: and(...conditions),
    order: [desc(table.record_id)],
  })
  const sourceIdOf = (row: (typeof rows)[number]) => drawSourceId(row.draw_id, row.draw_sequence)
  const withVoucher = rows.filter(({ prize_type }) => prizeRules[prize_type].hasVoucher)
  const vouchers = await findVouchersBySource(database, userId, withVoucher.map(sourceIdOf))
  const records = rows.map((row) => {
    const { record_id, user_id: _user, roll: _roll, wheel_version: _version, took_stock: _took, ...record } = row
    const voucher = vouchers.get(sourceIdOf(row))
    return {
      id: record_id,
      ...record,
      voucher: voucher ? { code: voucher.code, expires_at: voucher.expires_at.toISOString() } : null,
      created_at: record.created_at.toISOString(),
    }
  })
  return { records, pagination: paginationOf(query, total) }
}

/** Sums of the user's turns: costs, wins, and counts by type and by prize. */
export async function readDrawStatistics({ orm }: Database, userId: number) {
  const [byPrize, byType] = await Promise.all([
    orm
      .select({
        prize_id: table.prize_id,
        prize_name: max(table.prize_name),
        count: count(),
        cost: sql<string>`SUM(${table.points_cost})`,
        won: sql<string>`SUM(${table.points_awarded})`,
        last: max(table.created_at),
      })
      .from(table)
      .where(eq(table.user_id, userId))
      .groupBy(table.prize_id),
    orm
      .select({ draw_type: table.draw_type, count: count() })
      .from(table)
      .where(eq(table.user_id, userId))
      .groupBy(table.draw_type),
  ])
  const sum = (figure: (row: (typeof byPrize)[number]) => number) => byPrize.reduce((all, row) => all + figure(row), 0)
  const lastDraw = byPrize.reduce((last, row) => Math.max(last, row.last?.getTime() ?? 0), 0)
  const noDraws: Record<DrawType, number> = { single: 0, triple: 0, quintuple: 0, decade: 0 }
  return {
    total_draws: sum((row) => row.count),
    total_cost: sum((row) => Number(row.cost)),
    total_points_won: sum((row) => Number(row.won)),
    draw_type_stats: { ...noDraws, ...Object.fromEntries(byType.map((row) => [row.draw_type, row.count])) },
    prize_stats: byPrize.map(({ prize_id, prize_name, count }) => ({ prize_id, prize_name: prize_name ?? '', count })),
    last_draw_time: lastDraw > 0 ? new Date(lastDraw).toISOString() : null,
  }
}

/** How many of the user's turns won something. */
export async function countWonDraws({ orm }: Database, userId: number): Promise<number> {
  const won = and(eq(table.user_id, userId), inArray(table.prize_type, winningTypes))
  const [counted] = await orm.select({ rows: count() }).from(table).where(won)
  return counted?.rows ?? 0
}

/** How many turns there were since an instant, and how many users took them. */
export async function countDrawsSince({ orm }: Database, since: Date): Promise<{ draws: number; users: number }> {
  const [counted] = await orm
    .select({ draws: count(), users: countDistinct(table.user_id) })
    .from(table)
    .where(gte(table.created_at, since))
  return { draws: counted?.draws ?? 0, users: counted?.users ?? 0 }
}

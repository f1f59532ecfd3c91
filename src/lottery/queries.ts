import { and, count, countDistinct, eq, gte, inArray, max, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { listReader } from '../db/lists.ts'
import { rowReader } from '../db/shared-rows.ts'
import { columnsOf, type RowOf } from '../db/table-rows.ts'
import type { DrawType } from './draw-types.ts'
import { drawDayOf, drawsOn } from './pity.ts'
import { typesWithVoucher, winningTypes } from './prizes.ts'
import { lotteryPityTable, lotteryRecordsTable } from './schema.ts'
import type { recordsQuery } from './wire.ts'

const table = lotteryRecordsTable

const findPity = rowReader(lotteryPityTable, 'user_id')

/** The user's pity counter, and their turns on the business day `day`. */
export async function readCounters(database: Database, userId: number, day: string) {
  const row = await findPity(database, userId)
  return { pityCount: row?.current_count ?? 0, drawsToday: row ? drawsOn(row, drawDayOf(row, day)) : 0 }
}

const shown = columnsOf(table, [
  ...(['record_id', 'draw_id', 'draw_sequence', 'prize_id', 'prize_name', 'prize_type', 'prize_value'] as const),
  ...(['draw_type', 'points_cost', 'points_awarded', 'is_near_miss', 'is_pity', 'created_at'] as const),
])
const readTurns = listReader<RowOf<typeof shown>, WonVoucher>({
  table: 'lottery_records',
  columns: shown,
  joined: {
    columns: 'vouchers.code AS voucher_code, vouchers.expires_at AS voucher_expires_at',
    // The voucher that a turn won, as `drawSourceId` names it.
    join: `LEFT JOIN vouchers ON vouchers.user_id = lottery_records.user_id
             AND vouchers.source_id = CONCAT(lottery_records.draw_id, '-', lottery_records.draw_sequence)
             AND lottery_records.prize_type IN (${typesWithVoucher.map((type) => `'${type}'`).join(', ')})`,
  },
  order: 'lottery_records.record_id DESC',
})

/** The voucher that a turn won; null for none. */
interface WonVoucher {
  voucher_code: string | null
  voucher_expires_at: Date | null
}

/** A page of the user's turns, newest first. */
export async function readDrawRecords(database: Database, userId: number, query: z.output<typeof recordsQuery>) {
  const { draw_type, prize_type, page, limit } = query
  const { rows, total } = await readTurns(database, {
    of: { sql: 'lottery_records.user_id = ?', params: [userId] },
    filters: [
      ...(draw_type ? [{ sql: 'lottery_records.draw_type = ?', params: [draw_type] }] : []),
      ...(prize_type ? [{ sql: 'lottery_records.prize_type = ?', params: [prize_type] }] : []),
    ],
    page,
    limit,
  })
  return { records: rows.map(turnView), pagination: paginationOf(query, total) }
}

function turnView(turn: RowOf<typeof shown> & WonVoucher) {
  const { voucher_code: code, voucher_expires_at: expiry } = turn
  return {
    id: turn.record_id,
    draw_id: turn.draw_id,
    draw_sequence: turn.draw_sequence,
    prize_id: turn.prize_id,
    prize_name: turn.prize_name,
    prize_type: turn.prize_type,
    prize_value: turn.prize_value,
    draw_type: turn.draw_type,
    points_cost: turn.points_cost,
    points_awarded: turn.points_awarded,
    is_near_miss: turn.is_near_miss,
    is_pity: turn.is_pity,
    created_at: turn.created_at.toISOString(),
    voucher: code !== null && expiry !== null ? { code, expires_at: expiry.toISOString() } : null,
  }
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

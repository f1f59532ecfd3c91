import { and, count, eq, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { Refusal } from '../../contract/refusals.ts'
import type { Database } from '../../db/client.ts'
import { lotteryRecordsTable } from '../../lottery/schema.ts'
import { oddsSum, type Wheel } from '../../lottery/wheel.ts'
import { readWheel } from '../../lottery/wheel-mapping.ts'
import type { lotteryStats, WheelAnswer } from './wire.ts'

const table = lotteryRecordsTable

/**
 * Reads the wheel as it is committed now.
 * @throws {Refusal} 3001 when there is none yet.
 */
export async function requireWheel(database: Database): Promise<Wheel> {
  const wheel = await readWheel(database)
  if (!wheel) throw new Refusal(3001)
  return wheel
}

/** The wheel as editors see it. */
export function wheelView({ version, pity_prize_id, prizes }: Wheel): WheelAnswer {
  return {
    version,
    cost_points: prizes[0]?.cost_points ?? 0,
    pity_prize_id,
    prizes: prizes.map(
      ({ cost_points: _cost, status: _status, created_at: _made, updated_at: _changed, ...prize }) => ({
        ...prize,
        angle: prize.angle as WheelAnswer['prizes'][number]['angle'],
        probability: prize.probability / oddsSum,
      }),
    ),
  }
}

/** Costs, awards and observed odds of the draws of the wheel's present version, with the declared odds. */
export async function readLotteryStats(database: Database): Promise<z.output<typeof lotteryStats>> {
  const { version, prizes } = await requireWheel(database)
  const ids = prizes.map(({ prize_id }) => prize_id)
  const sums = await database.orm
    .select({
      prize_id: table.prize_id,
      is_pity: table.is_pity,
      draws: count(),
      cost: sql<string>`SUM(${table.points_cost})`,
      won: sql<string>`SUM(${table.points_awarded})`,
    })
    .from(table)
    .where(and(inArray(table.prize_id, ids), eq(table.wheel_version, version)))
    .groupBy(table.prize_id, table.is_pity)
  const total = (rows: typeof sums, figure: (row: (typeof sums)[number]) => number) =>
    rows.reduce((sum, row) => sum + figure(row), 0)
  const drawn = total(
    sums.filter(({ is_pity }) => !is_pity),
    ({ draws }) => draws,
  )
  return {
    version,
    total_draws: total(sums, ({ draws }) => draws),
    total_cost: total(sums, ({ cost }) => Number(cost)),
    total_points_awarded: total(sums, ({ won }) => Number(won)),
    pity_draws: total(sums, ({ draws, is_pity }) => (is_pity ? draws : 0)),
    prizes: prizes.map(({ prize_id, prize_name, prize_type, probability }) => {
      const own = sums.filter((row) => row.prize_id === prize_id)
      const rolled = total(own, ({ draws, is_pity }) => (is_pity ? 0 : draws))
      return {
        prize_id,
        prize_name,
        prize_type,
        draws: total(own, ({ draws }) => draws),
        cost: total(own, ({ cost }) => Number(cost)),
        points_awarded: total(own, ({ won }) => Number(won)),
        declared: probability / oddsSum,
        observed: drawn === 0 ? null : rolled / drawn,
      }
    }),
  }
}

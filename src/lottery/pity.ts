import type { UnitOfWork } from '../till/unit-of-work.ts'
import { lotteryPity, type lotteryPityTable } from './schema.ts'

/** A user's counters: turns without the pity prize, and turns of one business day. */
export type Pity = typeof lotteryPityTable.$inferSelect

/** How far a user is from the pity prize. */
export function pityView(count: number, limit: number, pityPrizeId: number) {
  const remaining = Math.max(limit - count, 1)
  return { current_count: count, pity_limit: limit, remaining_draws: remaining, pity_prize_id: pityPrizeId }
}

/** The user's counters. The first draw creates the row. */
export function findOrCreatePity(unit: UnitOfWork, userId: number): Readonly<Pity> {
  const found = unit.find(lotteryPity, [userId])
  if (found) return found
  const counters = { current_count: 0, draws_day: '', draws_today: 0, draw_no: 0, last_leaf: null }
  const first = { user_id: userId, ...counters, updated_at: unit.now }
  unit.append(lotteryPity, first)
  return first
}

/** The day for which a draw counts: `day`, or a later day on which the user has drawn by another replica's clock. */
export function drawDayOf({ draws_day }: Readonly<Pity>, day: string): string {
  return draws_day > day ? draws_day : day
}

/** The user's turns on `day`. */
export function drawsOn({ draws_day, draws_today }: Readonly<Pity>, day: string): number {
  return draws_day === day ? draws_today : 0
}

/** Saves the counters after `count` turns on `day`, and returns the user's turns on that day. */
export function countDraws(
  unit: UnitOfWork,
  pity: Readonly<Pity>,
  day: string,
  count: number,
  pityCount: number,
): number {
  const draws_today = drawsOn(pity, day) + count
  unit.update(lotteryPity, pity, { current_count: pityCount, draws_day: day, draws_today, updated_at: unit.now })
  return draws_today
}

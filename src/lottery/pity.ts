import type { UnitOfWork } from '../till/unit-of-work.ts'
import { lotteryPity } from './schema.ts'

type Pity = typeof lotteryPity extends { load(...args: never[]): Promise<(infer Row)[]> } ? Row : never

/** The user's counters; the first draw makes their row. */
export function pityOf(unit: UnitOfWork, userId: number): Readonly<Pity> {
  const found = unit.find(lotteryPity, [userId])
  if (found) return found
  const first = { user_id: userId, current_count: 0, draws_day: '', draws_today: 0, updated_at: unit.now }
  unit.append(lotteryPity, first)
  return first
}

/** The day a draw counts for: `day`, or a later one that the user has drawn on, by another replica's clock. */
export function dayOf({ draws_day }: Readonly<Pity>, day: string): string {
  return draws_day > day ? draws_day : day
}

/** The user's draws on `day`. */
export function drawsOn({ draws_day, draws_today }: Readonly<Pity>, day: string): number {
  return draws_day === day ? draws_today : 0
}

/** Keeps the counters after `count` draws on `day`; answers how many draws that day has seen. */
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

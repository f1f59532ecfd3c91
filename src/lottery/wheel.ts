import type { drawTypes, lotteryPrizesTable } from './schema.ts'

/** A prize with its published odds in ten-thousandths. */
export type Prize = typeof lotteryPrizesTable.$inferSelect

/** The wheel at one version: its active prizes by angle. */
export interface Wheel {
  version: number
  pity_prize_id: number
  prizes: readonly Prize[]
}

export type DrawType = (typeof drawTypes)[number]

/** Draws in one request, by type. */
export const drawCounts: Record<DrawType, number> = { single: 1, triple: 3, quintuple: 5, decade: 10 }

/** All odds together: ten-thousandths of one. */
export const oddsSum = 10_000

const sectors = 8
const nearMissWidth = 200

/** True when the wheel may turn: eight sectors, odds of exactly one, one price, a pity prize and an empty one. */
export function isOpen(wheel: Wheel): boolean {
  const { prizes } = wheel
  return (
    prizes.length === sectors &&
    new Set(prizes.map((prize) => prize.angle)).size === sectors &&
    prizes.reduce((sum, prize) => sum + prize.probability, 0) === oddsSum &&
    new Set(prizes.map((prize) => prize.cost_points)).size === 1 &&
    prizes.some((prize) => prize.prize_id === wheel.pity_prize_id) &&
    prizes.some((prize) => prize.prize_type === 'empty')
  )
}

/**
 * The prize whose interval holds `roll`: intervals stand in the order of the angles, each as wide as its odds.
 * @param roll uniform in [0, 10000)
 */
export function pick(prizes: readonly Prize[], roll: number): Prize {
  let end = 0
  for (const prize of prizes) {
    end += prize.probability
    if (roll < end) return prize
  }
  throw new RangeError(`roll ${roll} lies outside of odds that sum to ${end}`)
}

/** True when `roll` fell within 0.02 of an activity prize's interval without hitting one. Presentation only. */
export function isNearMiss(prizes: readonly Prize[], roll: number): boolean {
  if (pick(prizes, roll).is_activity) return false
  let start = 0
  return prizes.some((prize) => {
    const end = start + prize.probability
    const near =
      prize.is_activity && prize.probability > 0 && roll >= start - nearMissWidth && roll < end + nearMissWidth
    start = end
    return near
  })
}

/** True when the next draw is the pity prize: `count` draws in a row went without it and the limit is reached. */
export function isPityDue(count: number, limit: number): boolean {
  return count >= limit - 1
}

/** The counter after a draw. */
export function nextPity(count: number, wonPityPrize: boolean): number {
  return wonPityPrize ? 0 : count + 1
}

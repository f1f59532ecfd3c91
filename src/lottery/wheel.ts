import { type Prize, prizeRules } from './prizes.ts'

/** The wheel at one version: its active prizes by angle. */
export interface Wheel {
  version: number
  pity_prize_id: number
  prizes: readonly Prize[]
}

/** All odds together: ten-thousandths of one. */
export const oddsSum = 10_000

const sectors = 8
const nearMissWidth = 200

/** True when the wheel may turn: eight sectors, odds of exactly one, one price, a pity prize and one that wins nothing. */
export function isOpen(wheel: Wheel): boolean {
  const { prizes } = wheel
  return (
    prizes.length === sectors &&
    new Set(prizes.map((prize) => prize.angle)).size === sectors &&
    prizes.reduce((sum, prize) => sum + prize.probability, 0) === oddsSum &&
    new Set(prizes.map((prize) => prize.cost_points)).size === 1 &&
    prizes.some((prize) => prize.prize_id === wheel.pity_prize_id) &&
    prizes.some(isEmpty)
  )
}

/** Where a roll fell. */
export interface Landing {
  prize: Prize
  /** True within 0.02 of an activity prize's interval without hitting one. Presentation only. */
  isNearMiss: boolean
}

/**
 * The prize whose interval holds `roll`: intervals stand in the order of the angles, each as wide as its odds.
 * @param roll uniform in [0, 10000)
 */
export function land(prizes: readonly Prize[], roll: number): Landing {
  let hit: Prize | undefined
  let isNear = false
  let start = 0
  for (const prize of prizes) {
    const end = start + prize.probability
    if (roll >= start && roll < end) hit = prize
    if (prize.is_activity && end > start && roll >= start - nearMissWidth && roll < end + nearMissWidth) isNear = true
    start = end
  }
  if (!hit) throw new RangeError(`roll ${roll} lies outside of odds that sum to ${start}`)
  return { prize: hit, isNearMiss: isNear && !hit.is_activity }
}

/** The guaranteed prize of an open wheel. */
export function pityPrizeOf(wheel: Wheel): Prize {
  return required(wheel.prizes.find((prize) => prize.prize_id === wheel.pity_prize_id))
}

/** What a draw of an open wheel falls to when its prize has run out. */
export function emptyPrizeOf(wheel: Wheel): Prize {
  return required(wheel.prizes.find(isEmpty))
}

function isEmpty({ prize_type }: Prize): boolean {
  return !prizeRules[prize_type].isWin
}

function required(prize: Prize | undefined): Prize {
  if (!prize) throw new Error('the wheel is not open')
  return prize
}

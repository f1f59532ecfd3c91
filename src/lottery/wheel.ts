import { type Prize, prizeRules } from './prizes.ts'

/** One version of the wheel, with its active prizes sorted by angle. */
export interface Wheel {
  version: number
  pity_prize_id: number
  /** True while staff keep it closed. */
  is_closed: boolean
  prizes: readonly Prize[]
}

/** The sum of all odds, in ten-thousandths. */
export const oddsSum = 10_000

const sectors = 8

/** How close to an activity prize a roll nearly hits it, in ten-thousandths; each version writes it down. */
export const nearMissWidth = 200

const wholeWheels = new WeakSet<Wheel>()

/** True when the wheel can be used: it is whole, and staff don't keep it closed. Every draw asks. */
export function isOpen(wheel: Wheel): boolean {
  if (!wholeWheels.has(wheel) && isWhole(wheel)) wholeWheels.add(wheel)
  return wholeWheels.has(wheel) && !wheel.is_closed
}

/** True for eight sectors, odds that sum to one, one price, a pity prize and an empty prize. */
export function isWhole(wheel: Wheel): boolean {
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

type Rolled = Pick<Prize, 'probability' | 'is_activity'>

/** The result of a roll. */
export interface Landing<Sector extends Rolled = Prize> {
  prize: Sector
  /** True when the roll missed an activity prize by no more than the width. For display only. */
  isNearMiss: boolean
}

/**
 * Finds the prize whose interval contains `roll`. The intervals are in the order of the angles, each as wide as its
 * odds.
 * @param roll uniform in [0, 10000)
 * @param width how close to an activity prize a roll nearly hits it
 */
export function land<Sector extends Rolled>(
  prizes: readonly Sector[],
  roll: number,
  width = nearMissWidth,
): Landing<Sector> {
  let hit: Sector | undefined
  let isNear = false
  let start = 0
  for (const prize of prizes) {
    const end = start + prize.probability
    if (roll >= start && roll < end) hit = prize
    if (prize.is_activity && end > start && roll >= start - width && roll < end + width) isNear = true
    start = end
  }
  if (!hit) throw new RangeError(`roll ${roll} lies outside of odds that sum to ${start}`)
  return { prize: hit, isNearMiss: isNear && !hit.is_activity }
}

/** The pity prize of an open wheel. */
export function pityPrizeOf(wheel: Wheel): Prize {
  return required(wheel.prizes.find((prize) => prize.prize_id === wheel.pity_prize_id))
}

/** The empty prize of an open wheel. It replaces a prize that has run out. */
export function emptyPrizeOf(wheel: Wheel): Prize {
  return required(wheel.prizes.find(isEmpty))
}

export function isEmpty({ prize_type }: Pick<Prize, 'prize_type'>): boolean {
  return !prizeRules[prize_type].isWin
}

function required(prize: Prize | undefined): Prize {
  if (!prize) throw new Error('the wheel is not open')
  return prize
}

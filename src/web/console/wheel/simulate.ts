import { isPityDue, nextPity } from '../../../lottery/pity-rule.ts'
import { type Prize, prizeRules } from '../../../lottery/prizes.ts'
import { land } from '../../../lottery/wheel.ts'

/** What decides the turns of a wheel, by the rules that the service itself follows. Stock is left out. */
export interface Played {
  prizes: readonly Pick<Prize, 'prize_id' | 'prize_type' | 'prize_value' | 'probability' | 'is_activity'>[]
  pityPrizeId: number
  pityLimit: number
}

export interface Simulated {
  turns: number
  /** How often each prize came, in the order of the prizes. */
  counts: number[]
  guaranteed: number
  points: number
  nearMisses: number
  /** The longest run of turns that won nothing. */
  longestDry: number
}

/** Plays many turns of one diner after the other. `roll` gives uniform whole numbers below 10000. */
export function simulate({ prizes, pityPrizeId, pityLimit }: Played, turns: number, roll: () => number): Simulated {
  const counts = prizes.map(() => 0)
  const pityAt = prizes.findIndex(({ prize_id }) => prize_id === pityPrizeId)
  const sum = { turns, counts, guaranteed: 0, points: 0, nearMisses: 0, longestDry: 0 }
  let [pity, dry] = [0, 0]
  for (let turn = 0; turn < turns; turn += 1) {
    const isDue = pityAt >= 0 && isPityDue(pity, pityLimit)
    const landing = isDue ? undefined : land(prizes, roll())
    const at = landing ? prizes.indexOf(landing.prize) : pityAt
    const prize = prizes[at]
    if (!prize) continue
    counts[at] = (counts[at] ?? 0) + 1
    if (isDue) sum.guaranteed += 1
    if (landing?.isNearMiss) sum.nearMisses += 1
    sum.points += prizeRules[prize.prize_type].points(prize)
    pity = nextPity(pity, at === pityAt)
    dry = prizeRules[prize.prize_type].isWin ? 0 : dry + 1
    sum.longestDry = Math.max(sum.longestDry, dry)
  }
  return sum
}

/** What decides how often a prize is won in the long run. */
export interface Odds {
  prizes: readonly { prize_id: number; probability: number }[]
  pityPrizeId: number
  pityLimit: number
}

const oddsSum = 10_000

/**
 * How often the counter of turns without the guaranteed prize stands at 0, 1, … up to the limit: the one distribution
 * that a turn does not change. A turn moves the counter up by one, or to 0 when it wins the guaranteed prize, and from
 * the last count always to 0. So each count is as frequent as the one before it, times the chance not to win.
 * @param chance of winning the guaranteed prize in a turn that rolls
 */
export function stationaryCounts(chance: number, pityLimit: number): number[] {
  const weights = [1]
  for (let count = 1; count < pityLimit; count += 1) weights.push((weights[count - 1] ?? 0) * (1 - chance))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** The share of all turns that wins each prize, with the guarantee counted in and stock left out; by prize id. */
export function effectiveOdds({ prizes, pityPrizeId, pityLimit }: Odds): Map<number, number> {
  const chanceOf = (prizeId: number) =>
    prizes.filter(({ prize_id }) => prize_id === prizeId).reduce((sum, one) => sum + one.probability, 0) / oddsSum
  const due = stationaryCounts(chanceOf(pityPrizeId), pityLimit).at(-1) ?? 0
  const guaranteed = (prizeId: number) => (prizeId === pityPrizeId ? due : 0)
  return new Map(prizes.map(({ prize_id }) => [prize_id, chanceOf(prize_id) * (1 - due) + guaranteed(prize_id)]))
}

import { expect, test } from 'bun:test'
import { effectiveOdds } from '../../../src/fairness/odds.ts'
import { forecastOf } from '../../../src/web/console/wheel/forecast.ts'
import { type Played, simulate } from '../../../src/web/console/wheel/simulate.ts'

const wheel: Played = {
  pityPrizeId: 3,
  pityLimit: 10,
  prizes: [
    { prize_id: 1, prize_type: 'coupon', prize_value: 88, probability: 500, is_activity: false },
    { prize_id: 2, prize_type: 'points', prize_value: 50, probability: 2_000, is_activity: false },
    { prize_id: 3, prize_type: 'coupon', prize_value: 98, probability: 1_000, is_activity: false },
    { prize_id: 7, prize_type: 'physical', prize_value: 1, probability: 200, is_activity: true },
    { prize_id: 8, prize_type: 'empty', prize_value: 0, probability: 6_300, is_activity: false },
  ],
}

/** The same numbers in each run (a linear congruential generator). */
function rolls(): () => number {
  let state = 1n
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n
    return Number((state >> 33n) % 10_000n)
  }
}

test('many turns come near to the odds with the guarantee, and all of them are counted', () => {
  const turns = 100_000
  const { counts, points, guaranteed, longestDry } = simulate(wheel, turns, rolls())
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(turns)
  expect(points).toBe((counts[1] ?? 0) * 50)
  const shares = effectiveOdds(wheel)
  for (const [at, { prize_id }] of wheel.prizes.entries())
    expect(Math.abs((counts[at] ?? 0) / turns - (shares.get(prize_id) ?? 0))).toBeLessThan(0.01)
  expect([guaranteed > 0, longestDry < wheel.pityLimit]).toEqual([true, true])
})

test('the guarantee comes in the tenth turn without luck, as it does at the service', () => {
  const { counts, guaranteed } = simulate(wheel, 20, () => 9_999)
  expect([counts, guaranteed]).toEqual([[0, 0, 2, 0, 18], 2])
})

test('a day’s forecast follows from the odds with the guarantee', () => {
  const { paid, won, vouchers, cost_fen } = forecastOf(wheel, {
    turns: 1_000,
    cost_points: 100,
    costs_fen: new Map([[3, 500]]),
  })
  const shares = effectiveOdds(wheel)
  const guaranteed = (shares.get(3) ?? 0) * 1_000
  expect([paid, [...vouchers.keys()]]).toEqual([100_000, [1, 3, 7]])
  expect(won).toBeCloseTo((shares.get(2) ?? 0) * 50_000)
  expect([vouchers.get(3), cost_fen]).toEqual([guaranteed, guaranteed * 500])
})

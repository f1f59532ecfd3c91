import { expect, test } from 'bun:test'
import { chiSquarePValue } from '../../src/fairness/chi-square.ts'
import { effectiveOdds, stationaryCounts } from '../../src/fairness/odds.ts'
import { oddsPValue } from '../../src/fairness/odds-test.ts'
import { isPityDue, nextPity } from '../../src/lottery/pity-rule.ts'

const draws = 10_000_000
const pityLimit = 10
const chances = [500, 2000, 1000, 1500, 800, 2500, 200, 1500]
const prizes = chances.map((probability, at) => ({ prize_id: at + 1, probability }))
const odds = effectiveOdds({ prizes, pityPrizeId: 3, pityLimit })

/** A generator of the test's own, always the same, so that the test never fails by chance. */
function xorshift(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Solves the equations of a distribution that a step does not change, for any chain, by elimination. */
function solve(steps: number[][]): number[] {
  const size = steps.length
  const rows = Array.from({ length: size }, (_, to) =>
    to === 0
      ? [...Array.from({ length: size }, () => 1), 1]
      : [...Array.from({ length: size }, (_, from) => (steps[from]?.[to] ?? 0) - (from === to ? 1 : 0)), 0],
  )
  for (let at = 0; at < size; at += 1) {
    const best = rows.slice(at).reduce((pick, row) => (Math.abs(row[at] ?? 0) > Math.abs(pick[at] ?? 0) ? row : pick))
    rows.splice(rows.indexOf(best), 1)
    rows.splice(at, 0, best)
    for (const row of rows) {
      if (row === best) continue
      const factor = (row[at] ?? 0) / (best[at] ?? 1)
      for (let column = 0; column <= size; column += 1) row[column] = (row[column] ?? 0) - factor * (best[column] ?? 0)
    }
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1))
}

test('the counter’s distribution is the one that elimination finds', () => {
  for (const [chance, limit] of [
    [0.1, 10],
    [0.5, 3],
    [0.01, 40],
    [0, 5],
  ] as const) {
    const steps = Array.from({ length: limit }, (_, count) =>
      Array.from({ length: limit }, (_, to) => {
        if (isPityDue(count, limit)) return to === 0 ? 1 : 0
        return (to === 0 ? chance : 0) + (to === nextPity(count, false) ? 1 - chance : 0)
      }),
    )
    const found = stationaryCounts(chance, limit)
    for (const [count, share] of solve(steps).entries()) expect(found[count]).toBeCloseTo(share, 12)
  }
})

test('the odds with the guarantee are those that many turns show', () => {
  const next = xorshift(20_261_128)
  const prizeOf = prizes.flatMap(({ prize_id, probability }) => Array.from({ length: probability }, () => prize_id))
  const counts = chances.map(() => 0)
  let count = 0
  for (let turn = 0; turn < draws; turn += 1) {
    const prizeId = isPityDue(count, pityLimit) ? 3 : (prizeOf[next() % 10_000] ?? 0)
    counts[prizeId - 1] = (counts[prizeId - 1] ?? 0) + 1
    count = nextPity(count, prizeId === 3)
  }
  const share = [...odds.values()]
  expect(share.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
  for (const [at, seen] of counts.entries()) {
    const expected = share[at] ?? 0
    expect(Math.abs(seen / draws - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / draws))
  }
})

test('a limit of one gives the guaranteed prize always, and a certain prize needs no guarantee', () => {
  expect([...effectiveOdds({ prizes, pityPrizeId: 3, pityLimit: 1 }).values()]).toEqual([0, 0, 1, 0, 0, 0, 0, 0])
  const certain = [{ prize_id: 1, probability: 10_000 }]
  expect([...effectiveOdds({ prizes: certain, pityPrizeId: 1, pityLimit: 10 }).values()]).toEqual([1])
})

test('the p-value of counts is the one of the tables', () => {
  const coin = (heads: number, tails: number) => chiSquarePValue([heads, tails], [0.5, 0.5]) ?? 0
  expect(coin(50, 50)).toBe(1)
  expect(coin(60, 40)).toBeCloseTo(0.0455002638963584, 12)
  expect(coin(600, 400)).toBeCloseTo(2.5396e-10, 13)
  const die = (counts: number[]) =>
    chiSquarePValue(
      counts,
      [1, 1, 1, 1, 1, 1].map((one) => one / 6),
    ) ?? 0
  expect(die([5, 8, 9, 8, 10, 20])).toBeCloseTo(0.01990522, 7)
  expect(chiSquarePValue([10, 1], [1, 0])).toBeUndefined()
  expect(chiSquarePValue([5, 5, 1], [0.5, 0.5, 0])).toBe(0)
  expect(chiSquarePValue([0, 0], [0.5, 0.5])).toBeUndefined()
})

test('outcomes that are expected too seldom are tested together', () => {
  const tally = (seen: number, expected: number) => ({ seen, expected })
  const coin = [tally(60, 50), tally(40, 50)]
  expect(oddsPValue(coin)).toBeCloseTo(0.0455002638963584, 12)
  expect(oddsPValue([tally(2, 1), tally(58, 49), tally(38, 48), tally(2, 2)])).toBeCloseTo(
    oddsPValue([tally(42, 51), tally(58, 49)]) ?? 0,
    12,
  )
  expect(oddsPValue([tally(3, 0.06), tally(0, 2.94)])).toBeUndefined()
  expect(oddsPValue([])).toBeUndefined()
  expect(oddsPValue([...coin, tally(1, 0)])).toBe(0)
})

test('of many fair sets of draws as many fall under a p-value as it says', () => {
  const next = xorshift(20_261_129)
  const prizeOf = prizes.flatMap(({ probability }, at) => Array.from({ length: probability }, () => at))
  const pValues = Array.from({ length: 2_000 }, () => {
    const tallies = chances.map((chance) => ({ seen: 0, expected: (200 * chance) / 10_000 }))
    for (let turn = 0; turn < 200; turn += 1) {
      const hit = tallies[prizeOf[next() % 10_000] ?? 0]
      if (hit) hit.seen += 1
    }
    return oddsPValue(tallies) ?? 1
  })
  for (const level of [0.5, 0.1, 0.01]) {
    const under = pValues.filter((p) => p < level).length
    expect(Math.abs(under - 2_000 * level)).toBeLessThan(5 * Math.sqrt(2_000 * level))
  }
})

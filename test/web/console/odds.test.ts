import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { giveOdds, mostFor, moveBoundary, oddsIn, percentOf } from '../../../src/web/console/wheel/odds.ts'

/** Any eight odds that sum to one, with many zeros among them. */
const wheels = fc
  .array(fc.oneof(fc.constant(0), fc.nat(10_000)), { minLength: 7, maxLength: 7 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 10_000])
  .map((cuts) => cuts.slice(1).map((cut, at) => cut - (cuts[at] ?? 0)))
const prize = fc.nat(7)
const isWhole = (odds: readonly number[]) =>
  odds.length === 8 &&
  odds.every((each) => Number.isInteger(each) && each >= 0) &&
  odds.reduce((sum, each) => sum + each, 0) === 10_000

test('odds stay whole numbers that sum to one through any row of drags', () => {
  const drag = fc.record({
    at: prize,
    to: fc.double({ min: -20_000, max: 20_000, noNaN: true }),
    isBoundary: fc.boolean(),
    locked: fc.uniqueArray(prize),
  })
  fc.assert(
    fc.property(wheels, fc.array(drag, { maxLength: 40 }), (start, drags) => {
      let odds: readonly number[] = start
      for (const { at, to, isBoundary, locked } of drags) {
        odds = isBoundary ? moveBoundary(odds, Math.min(at, 6), to) : giveOdds(odds, at, to, new Set(locked))
        expect([isWhole(odds), odds]).toEqual([true, odds])
      }
    }),
  )
})

test('a boundary moves odds between its two prizes alone, and back again', () => {
  fc.assert(
    fc.property(wheels, fc.nat(6), fc.integer({ min: -10_000, max: 10_000 }), (odds, at, by) => {
      const moved = moveBoundary(odds, at, by)
      const touched = moved.flatMap((each, index) => (each === odds[index] ? [] : [index]))
      expect(touched.every((index) => index === at || index === at + 1)).toBe(true)
      expect(moveBoundary(moved, at, (odds[at] ?? 0) - (moved[at] ?? 0))).toEqual(odds)
    }),
  )
})

test('a prize gets the odds that are asked for, locked ones keep theirs, and the others their order', () => {
  fc.assert(
    fc.property(wheels, prize, fc.nat(10_000), fc.uniqueArray(prize, { maxLength: 6 }), (odds, at, wanted, kept) => {
      const locked = new Set(kept)
      const given = giveOdds(odds, at, wanted, locked)
      const isAlone = odds.every((_, index) => index === at || locked.has(index))
      expect(given[at]).toBe(isAlone ? odds[at] : Math.min(wanted, mostFor(odds, at, locked)))
      const others = odds.flatMap((each, index) => (index === at ? [] : [[each, given[index] ?? 0, index] as const]))
      for (const [before, after, index] of others) if (locked.has(index)) expect(after).toBe(before)
      const free = others.filter(([, , index]) => !locked.has(index))
      for (const [before, after] of free)
        for (const [other, otherAfter] of free) if (before > other) expect(after).toBeGreaterThanOrEqual(otherAfter)
    }),
  )
})

test('percentages are read as they are written, and nothing else is taken for one', () => {
  fc.assert(fc.property(fc.nat(10_000), (odds) => expect(oddsIn(percentOf(odds))).toBe(odds)))
  expect(['12.5', '12.5%', ' 3 ', '0', '100', '0.01'].map(oddsIn)).toEqual([1_250, 1_250, 300, 0, 10_000, 1])
  expect(['', '-1', '101', '1.005', '1e2', '１２', 'NaN', '100.01'].map(oddsIn)).toEqual(
    Array.from({ length: 8 }, () => undefined),
  )
})

import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultPityPrizeId, defaultPrizes } from '../../drizzle/seed.ts'
import { isPityDue, nextPity } from '../../src/lottery/pity-rule.ts'
import { type Prize, prizeRules } from '../../src/lottery/prizes.ts'
import { prizeTypes } from '../../src/lottery/schema.ts'
import { isOpen, land, oddsSum, type Wheel } from '../../src/lottery/wheel.ts'

const stamp = {
  cost_points: 100,
  stock_remaining: null,
  stock_seq: 0,
  stock_leaf: null,
  status: 'active' as const,
  created_at: new Date(),
  updated_at: new Date(),
}
const prizes: Prize[] = defaultPrizes.map((prize) => ({ ...prize, ...stamp }))
const wheel: Wheel = { version: 1, pity_prize_id: defaultPityPrizeId, is_closed: false, prizes }

/** Eight odds that sum to exactly one. */
const anyOdds = fc
  .array(fc.integer({ min: 0, max: oddsSum }), { minLength: 7, maxLength: 7 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), oddsSum])
  .map((edges) => edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0)))

const withOdds = (odds: number[]) => prizes.map((prize, index) => ({ ...prize, probability: odds[index] ?? 0 }))

describe('a roll', () => {
  test('each roll hits exactly one prize, and as many rolls hit a prize as its odds say', () => {
    fc.assert(
      fc.property(anyOdds, (odds) => {
        const hits = new Map<number, number>()
        const wheelPrizes = withOdds(odds)
        for (let roll = 0; roll < oddsSum; roll += 1) {
          const { prize_id } = land(wheelPrizes, roll).prize
          hits.set(prize_id, (hits.get(prize_id) ?? 0) + 1)
        }
        for (const prize of wheelPrizes) expect(hits.get(prize.prize_id) ?? 0).toBe(prize.probability)
      }),
      { numRuns: 30 },
    )
  })

  test('the published odds are the real odds, by a chi-square test of 200,000 seeded rolls', () => {
    const random = seededRolls(20_261_122)
    const rolls = 200_000
    const hits = new Map<number, number>()
    for (let i = 0; i < rolls; i += 1) {
      const { prize_id } = land(prizes, random()).prize
      hits.set(prize_id, (hits.get(prize_id) ?? 0) + 1)
    }
    const chiSquare = prizes.reduce((sum, prize) => {
      const expected = (rolls * prize.probability) / oddsSum
      return sum + ((hits.get(prize.prize_id) ?? 0) - expected) ** 2 / expected
    }, 0)
    // The 99.9 % quantile with 7 degrees of freedom.
    expect(chiSquare).toBeLessThan(24.32)
  })

  test('a roll outside of the odds is an error', () => {
    expect(() => land(withOdds([1, 0, 0, 0, 0, 0, 0, 0]), 1)).toThrow(RangeError)
  })
})

describe('pity', () => {
  test('from any counter and with any luck, the gap between pity prizes never exceeds the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 200 }),
        fc.array(fc.integer({ min: 0, max: oddsSum - 1 }), { minLength: 1, maxLength: 300 }),
        (limit, start, rolls) => {
          let count = start
          let gap = start
          for (const roll of rolls) {
            const due = isPityDue(count, limit)
            const won = due || land(prizes, roll).prize.prize_id === wheel.pity_prize_id
            gap = won ? 0 : gap + 1
            count = nextPity(count, won)
            expect(count).toBe(gap)
            expect(count).toBeLessThan(Math.max(limit, 1))
          }
        },
      ),
    )
  })

  test('with a limit of 10, the tenth draw gives the pity prize after nine draws without it', () => {
    expect([0, 1, 8, 9, 10].map((count) => isPityDue(count, 10))).toEqual([false, false, false, true, true])
  })
})

describe('near miss', () => {
  test('a near miss is a roll within 0.02 of the activity prize that does not hit it', () => {
    const index = prizes.findIndex((prize) => prize.is_activity)
    const start = prizes.slice(0, index).reduce((sum, prize) => sum + prize.probability, 0)
    const end = start + (prizes[index]?.probability ?? 0)
    for (let roll = 0; roll < oddsSum; roll += 1) {
      const distance = roll < start ? start - roll : roll >= end ? roll - end + 1 : 0
      expect(land(prizes, roll).isNearMiss).toBe(distance > 0 && distance <= 200)
    }
  })

  test('a wheel without an activity prize has no near miss', () => {
    const plain = prizes.map((prize) => ({ ...prize, is_activity: false }))
    fc.assert(fc.property(fc.integer({ min: 0, max: oddsSum - 1 }), (roll) => !land(plain, roll).isNearMiss))
  })
})

describe('prize types', () => {
  test.each(prizeTypes)(
    'only points prizes credit points, and every other winning prize gives a voucher: %s',
    (type) => {
      const { points, hasVoucher, isWin } = prizeRules[type]
      expect(points({ prize_value: 50 })).toBe(type === 'points' ? 50 : 0)
      expect(hasVoucher).toBe(isWin && type !== 'points')
    },
  )

  test('a points prize holds whole points, up to a million', () => {
    const { allowsValue } = prizeRules.points
    expect([0, 1, 1_000_000].map(allowsValue)).toEqual([true, true, true])
    expect([-1, 0.5, 1_000_001, Number.NaN].map(allowsValue)).toEqual([false, false, false, false])
  })
})

describe('the wheel is open', () => {
  const closed: [string, Wheel][] = [
    ['odds sum to less than one', { ...wheel, prizes: withOdds([500, 2000, 1000, 1500, 800, 2500, 200, 1499]) }],
    ['odds sum to more than one', { ...wheel, prizes: withOdds([500, 2000, 1000, 1500, 800, 2500, 200, 1501]) }],
    ['a sector is missing', { ...wheel, prizes: prizes.slice(1) }],
    ['two sectors share an angle', { ...wheel, prizes: prizes.map((prize) => ({ ...prize, angle: 0 })) }],
    ['staff keep it closed', { ...wheel, is_closed: true }],
    ['there is no pity prize', { ...wheel, pity_prize_id: 99 }],
    [
      'there is no empty prize',
      { ...wheel, prizes: prizes.map((prize) => ({ ...prize, prize_type: 'points' as const })) },
    ],
    ['prices differ', { ...wheel, prizes: prizes.map((prize, index) => ({ ...prize, cost_points: index })) }],
  ]
  test('the default wheel is open', () => expect(isOpen(wheel)).toBe(true))
  test.each(closed)('the wheel is closed when %s', (_, broken) => expect(isOpen(broken)).toBe(false))
})

/** Uniform in [0, 10000) from a 32-bit xorshift, by rejection. */
function seededRolls(seed: number): () => number {
  let state = seed
  const limit = Math.floor(2 ** 32 / oddsSum) * oddsSum
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const word = state >>> 0
    return word < limit ? word % oddsSum : next()
  }
  return next
}

import { expect, test } from 'bun:test'
import { createHash, createHmac } from 'node:crypto'
import { commitmentOf, makeSeedChain, seedChainOf } from '../../src/fairness/chain.ts'
import { chiSquarePValue } from '../../src/fairness/chi-square.ts'
import { rollOf } from '../../src/fairness/rolls.ts'

const line = `rp-chain-1:0123456789abcdef:20785:${Buffer.alloc(32, 7).toString('base64url')}`

test('each seed is the hash of the next one, and its commitment reveals none', () => {
  const chain = seedChainOf(line)
  const last = Buffer.alloc(32, 7)
  const before = createHash('sha256').update('rp-chain/1').update(last).digest()
  expect(chain.seedOf(20_785)).toEqual(last)
  expect(chain.seedOf(20_784)).toEqual(before)
  expect(chain.seedOf(20_783)).toEqual(createHash('sha256').update('rp-chain/1').update(before).digest())
  expect(commitmentOf(last)).toEqual(createHash('sha256').update('rp-commit/1').update(last).digest())
  expect(seedChainOf(line).seedOf(20_000)).toEqual(chain.seedOf(20_000))
  expect(() => chain.seedOf(20_786)).toThrow(RangeError)
})

test('a new chain is read as it was made, and no two are the same', () => {
  const [one, other] = [makeSeedChain(30_000), makeSeedChain(30_000)]
  expect(one).not.toBe(other)
  expect(seedChainOf(one)).toMatchObject({ lastEpoch: 30_000 })
})

test('a line that is no chain is refused without showing it', () => {
  for (const wrong of ['', 'secret', line.slice(0, -1), `${line}x`, line.replace('rp-chain-1', 'rp-chain-2')])
    expect(() => seedChainOf(wrong)).toThrow(/^not a chain of seeds$/)
})

test('a roll is made of a message that anybody can write', () => {
  const source = { seed: Buffer.alloc(32, 7), epoch: 20_785, userId: 42, drawNo: 3, clientSeed: 'abc' }
  const message = [
    Buffer.from('rp-roll/1').toString('hex'),
    '000101',
    '000400005131',
    '0008000000000000002a',
    '00080000000000000003',
    '000400000000',
    `0003${Buffer.from('abc').toString('hex')}`,
  ].join('')
  const first = createHmac('sha256', source.seed).update(Buffer.from(message, 'hex')).digest().readUInt32BE(0)
  expect(first).toBeLessThan(4_294_960_000)
  expect(rollOf(source)).toBe(first % 10_000)
  expect(rollOf(source)).toBe(rollOf({ ...source }))
})

test('rolls favour no part of the wheel', () => {
  const counts = Array.from({ length: 100 }, () => 0)
  const source = { seed: Buffer.alloc(32, 9), epoch: 20_785, userId: 42, clientSeed: '' }
  for (let drawNo = 1; drawNo <= 20_000; drawNo += 1) {
    const part = Math.floor(rollOf({ ...source, drawNo }) / 100)
    counts[part] = (counts[part] ?? 0) + 1
  }
  expect(
    chiSquarePValue(
      counts,
      counts.map(() => 0.01),
    ) ?? 0,
  ).toBeGreaterThan(1e-6)
})

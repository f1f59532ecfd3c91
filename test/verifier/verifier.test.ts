import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beginningLeaf, leafId } from '../../src/fairness/leaves.ts'
import { leavesOf } from '../../src/fairness/receipt.ts'
import type { Draw, Turn } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { drawAll, failed, requests } from '../support/drawn.ts'
import { createFairWorld } from '../support/fair-world.ts'

const clientSeed = fc.string({
  maxLength: 64,
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
})

const drawn = fc.array(fc.record({ count: fc.constantFrom(1, 3, 5, 10), clientSeed }), { minLength: 1, maxLength: 5 })

const withFirst = (draw: Draw, change: Partial<Turn>): Draw => ({
  ...draw,
  turns: draw.turns.map((turn, at) => (at === 0 ? { ...turn, ...change } : turn)),
})

describe('a draw of the service', () => {
  test('a receipt and a proof verify, whatever was drawn with whatever seed', () => {
    fc.assert(
      fc.property(drawn, (requests) => {
        const { world, draws, last } = drawAll(requests)
        const proof = world.proof(last, draws.slice(0, -1))
        expect(verify([proof]).checks.filter(({ state }) => state !== 'passed')).toEqual([])
        expect(verify([world.receipt(last), proof]).verdict).toBe('right')
      }),
      { numRuns: 30 },
    )
  })

  test('receipts that were signed together each verify alone, however many they are', () => {
    const { world, last } = drawAll(requests)
    const sizes = Array.from({ length: 40 }, (_, at) => at + 1)
    for (const count of sizes)
      for (const receipt of world.receipts(...Array(count).fill(last))) expect(failed([receipt])).toEqual([])
  })

  test('a proof is pending until the seed is published, and a receipt until there is a proof', () => {
    const { world, draws, last } = drawAll(requests)
    const early = verify([world.proof(last, draws.slice(0, -1), { seed: null })])
    expect(early.verdict).toBe('pending')
    expect(early.checks.filter(({ state }) => state === 'pending').map(({ name }) => name)).toEqual(['seed', 'rolls'])
    expect(verify([world.receipt(last)]).verdict).toBe('pending')
  })

  test('an account that is older than the log begins with what the log says of it', () => {
    const world = createFairWorld()
    const drawn = world.take(7, 1, 'x', [])
    const beginning = { user_id: 7, draw_no: 12, pity_count: 0 }
    const turns = drawn.turns.map((turn) => ({ ...turn, draw_no: 13 }))
    const draw = { ...drawn, turns, previous_leaf: leafId(beginningLeaf(beginning)) }
    world.commit(...leavesOf(draw))
    expect(failed([world.proof(draw, [], { beginning, seed: null })])).toEqual([])
    for (const wrong of [{ draw_no: 11 }, { pity_count: 1 }, { user_id: 8 }]) {
      const names = failed([world.proof(draw, [], { beginning: { ...beginning, ...wrong }, seed: null })])
      expect(names).toContain('history')
    }
    expect(failed([world.proof(draw, [], { seed: null })])).toEqual(['pity'])
  })

  test('who sent no seed is told that they took no part in the chance', () => {
    const { world, draws, last } = drawAll(requests)
    expect(verify([world.proof(last, draws.slice(0, -1))]).notes).toContain(
      'the diner sent no seed and so took no part in the chance',
    )
  })
})

test('a receipt of a log before the one of its proof is right with a note, unless its draw is another', () => {
  const { world, draws, last } = drawAll(requests)
  const proof = world.proof(last, draws.slice(0, -1))
  const earlier = createFairWorld('restaurant.example/log-1', world.chain)
  const { checks, notes } = verify([earlier.receipt(last), proof])
  expect(checks.filter(({ state }) => state === 'failed')).toEqual([])
  expect(notes.some((note) => note.startsWith('the documents are of two logs'))).toBe(true)
  const another = earlier.receipt(withFirst(last, { is_near_miss: !last.turns[0]?.is_near_miss }))
  expect(failed([another, proof])).toEqual(['one draw'])
  expect(failed([earlier.receipt(draws[0] as Draw), proof])).toContain('one log')
})

test('the verifier imports nothing of ours', () => {
  const room = join(import.meta.dir, '../../src/verifier')
  const imports = readdirSync(room).flatMap((name) => [
    ...readFileSync(join(room, name), 'utf8').matchAll(/from '([^']+)'/g),
  ])
  expect(imports.map(([, from]) => from).filter((from) => !/^(@noble\/|\.\/[a-z]+\.ts$)/.test(from ?? ''))).toEqual([])
})

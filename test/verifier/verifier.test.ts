import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beginningLeaf, epochLeaf, leafId, stockStepLeaf } from '../../src/fairness/leaves.ts'
import { leavesOf } from '../../src/fairness/receipt.ts'
import type { Document, Draw, Receipt, StockStep, Turn } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { createFairWorld } from '../support/fair-world.ts'

const clientSeed = fc.string({
  maxLength: 64,
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
})
const drawn = fc.array(fc.record({ count: fc.constantFrom(1, 3, 5, 10), clientSeed }), { minLength: 1, maxLength: 5 })

/** What a diner drew, request by request, in a world of its own. */
function drawAll(requests: readonly { count: number; clientSeed: string }[]) {
  const world = createFairWorld()
  const draws: Draw[] = []
  for (const { count, clientSeed } of requests) draws.push(world.take(7, count, clientSeed, draws))
  return { world, draws, last: draws.at(-1) as Draw }
}

/** The same until the last draw took a piece of the limited prize. */
function hitting() {
  for (;;) {
    const drawn = drawAll(requests)
    const at = drawn.last.turns.findIndex(({ stock_before }) => stock_before)
    if (at !== -1) return { ...drawn, at }
  }
}

const failed = (documents: readonly Document[]) =>
  verify(documents)
    .checks.filter(({ state }) => state === 'failed')
    .map(({ name }) => name)

const requests = [
  { count: 3, clientSeed: 'first' },
  { count: 10, clientSeed: 'second' },
  { count: 5, clientSeed: '' },
]

/** Every field of a document that holds a value, as its path. */
function fieldsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, [...path, name]))
}

/** A copy of a document with another value in one field. */
function changed<T>(document: T, path: readonly (string | number)[], to: (value: unknown) => unknown = another): T {
  const copy = structuredClone(document) as Record<string, unknown>
  const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy)
  const name = path.at(-1) ?? ''
  holder[name] = to(holder[name])
  return copy as T
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string') return 0
  const last = value.at(-2) ?? ''
  return `${value.slice(0, -2)}${last === '0' ? '1' : '0'}${value.slice(-1)}`
}

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

/** Which check names a changed field, by the first part of the field's path that is here. */
const namedBy: Record<string, string> = {
  kind: 'format',
  version: 'format',
  key: 'key',
  origin: 'key',
  draw: 'draw in the log',
  places: 'draw in the log',
  epoch: 'epoch in the log',
  epoch_place: 'epoch in the log',
  wheels: 'wheel',
  history: 'history',
  beginning: 'history',
  stocks: 'prize stock',
  seed: 'seed',
  checkpoint: 'checkpoint',
}

describe('a document that was changed', () => {
  const { world, draws, last } = hitting()
  const proof = world.proof(last, draws.slice(0, -1))
  const receipt = world.receipts(draws[0] as Draw, last, draws[1] as Draw)[1] as Receipt

  test('a proof with any other value in any field is wrong, and a check of that part says so', () => {
    const fields = fieldsOf(proof)
    expect(fields.length).toBeGreaterThan(200)
    for (const path of fields)
      expect([path.join('.'), ...failed([changed(proof, path)])]).toContain(namedBy[path[0] ?? ''] ?? '')
  })

  test('a receipt with any other value in any field is wrong, and its signature says so', () => {
    const names = ['format', 'key', 'signature of the receipt', 'leaves of the receipt']
    for (const path of fieldsOf(receipt)) {
      const found = failed([changed(receipt, path)])
      expect([path.join('.'), found.some((name) => names.includes(name))]).toEqual([path.join('.'), true])
    }
  })

  test('odd values make a report of what is wrong, never an error', () => {
    const places = [proof, receipt].flatMap((document) =>
      Object.keys(document).map((name) => [document, [name]] as const),
    )
    const inside = Object.keys(proof.draw).map((name) => [proof, ['draw', name]] as const)
    for (const [document, path] of [...places, ...inside])
      for (const value of [null, 5, true, 'x', [], {}, [null], ['x']]) {
        const { verdict } = verify([changed<Document>(document, path, () => value), proof.checkpoint])
        expect([path, value, ['right', 'wrong', 'pending'].includes(verdict)]).toEqual([path, value, true])
      }
  })

  test('what is no document is wrong, whatever it is', () => {
    const odd = [
      {},
      { kind: 'proof', version: 1 },
      { kind: 'receipt', version: 1 },
      { kind: 'proof', version: 2 },
      null,
    ]
    for (const document of odd) expect(verify([document as unknown as Document]).verdict).toBe('wrong')
    expect(verify([]).verdict).toBe('wrong')
  })
})

/** Takes a draw apart and puts it into the log anew, as an operator could who has the seed and the keys. */
function forge(change: (draw: Draw) => Draw) {
  const { world, draws, last } = drawAll(requests)
  const forged = change(structuredClone(last))
  world.commit(...leavesOf(forged))
  return { world, draws, last, forged, failures: failed([world.proof(forged, draws.slice(0, -1))]) }
}

const withFirst = (draw: Draw, change: Partial<Turn>): Draw => ({
  ...draw,
  turns: draw.turns.map((turn, at) => (at === 0 ? { ...turn, ...change } : turn)),
})

describe('an operator who has every key and writes the log anew', () => {
  test('another prize for the same roll is found out', () => {
    const { failures } = forge((draw) => withFirst(draw, { prize_id: (draw.turns[0]?.prize_id ?? 0) === 1 ? 4 : 1 }))
    expect(failures).toContain('outcomes')
  })

  test('another roll is found out once the seed is published', () => {
    const { failures } = forge((draw) => withFirst(draw, { roll: ((draw.turns[0]?.roll ?? 0) + 1) % 10_000 }))
    expect(failures).toContain('rolls')
  })

  test('a counter that was set back is found out', () => {
    const at = (draws: Draw[]) => draws.at(-1)?.turns.at(-1)?.pity_before ?? 0
    const { world, draws, last } = drawAll([...requests, { count: 1, clientSeed: 'x' }])
    const forged = withFirst(last, { pity_before: at(draws) + 1 })
    world.commit(...leavesOf(forged))
    expect(failed([world.proof(forged, draws.slice(0, -1))])).toContain('pity')
  })

  test('a history that leaves a turn out, or does not reach back far enough, is found out', () => {
    const { world, draws, last } = drawAll(requests)
    expect(failed([world.proof(last, draws.slice(0, 1))])).toContain('draw numbers')
    const unlucky = draws.at(-2) as Draw
    const tail = unlucky.turns.slice(-1)
    const previous = leavesOf({ ...unlucky, turns: unlucky.turns.slice(0, -1) }).at(-1) as Buffer
    const short = { ...unlucky, turns: tail, previous_leaf: leafId(previous) }
    const isReset = tail[0]?.prize_id === 2
    expect(failed([world.proof(last, [short])])).toEqual(isReset ? [] : ['pity'])
  })

  test('a stock that is not the one of its last step is found out', () => {
    const { world, draws, last, at } = hitting()
    const change = (more: Partial<Turn>) => ({
      ...last,
      turns: last.turns.map((turn, place) => (place === at ? { ...turn, ...more } : turn)),
    })
    const { stock_before, stock_leaf } = last.turns[at] as Turn
    const emptied = { stock_before: 0, fell_through: true, prize_id: 4, points_awarded: 0 }
    const others = world.steps.map((step) => leafId(stockStepLeaf(step))).filter((leaf) => leaf !== stock_leaf)
    for (const more of [
      { stock_before: Number(stock_before) + 1 },
      emptied,
      { stock_leaf: null },
      { stock_leaf: others[0] ?? '' },
    ]) {
      const forged = change(more)
      world.commit(...leavesOf(forged))
      expect(failed([world.proof(forged, draws.slice(0, -1))])).toContain('prize stock')
    }
  })

  test('a step that came after the draw, or of another prize, is found out', () => {
    const { world, draws, last, at } = hitting()
    for (const more of [{}, { prize_id: 1 }]) {
      const step = {
        ...world.steps[0],
        ...more,
        seq: 99,
        stock_after: last.turns[at]?.stock_before ?? null,
      } as StockStep
      const turns = last.turns.map((turn, place) =>
        place === at ? { ...turn, stock_leaf: leafId(stockStepLeaf(step)) } : turn,
      )
      const forged = { ...last, turns }
      world.commit(...leavesOf(forged))
      world.commit(stockStepLeaf(step))
      world.steps.push(step)
      expect(failed([world.proof(forged, draws.slice(0, -1))])).toContain('prize stock')
    }
  })

  test('a piece of a prize that was given twice is found out by whoever has both draws', () => {
    const { world, last } = hitting()
    const other = { ...last, draw_id: 'DR_other', user_id: 8 }
    expect(failed([world.receipt(last), world.receipt(other)])).toEqual(['one stock'])
    const out = (draw: Draw) => ({
      ...draw,
      turns: draw.turns.map((turn) => (turn.stock_leaf ? { ...turn, stock_before: 0 } : turn)),
    })
    expect(failed([world.receipt(out(last)), world.receipt(out(other))])).toEqual([])
  })

  test('a draw number that was given twice is found out by whoever has both', () => {
    const { world, last, forged } = forge((draw) => ({ ...draw, draw_id: 'DR_again' }))
    expect(failed([world.receipt(last), world.receipt(forged)])).toContain('one draw')
  })

  test('a second wheel on one day is found out by whoever has a draw of each', () => {
    const { world, last } = drawAll(requests)
    const other = { ...last, user_id: 8, draw_id: 'DR_other', wheel_hash: world.opening.commitment }
    expect(failed([world.receipt(last), world.receipt(other)])).toContain('one wheel')
  })

  test('an epoch that was opened after the draw is found out', () => {
    const { world, draws, last } = drawAll(requests)
    const late = { ...world.opening, daily_limit: 11 }
    world.commit(epochLeaf(late))
    expect(failed([world.proof(last, draws.slice(0, -1), { epoch: late })])).toContain('epoch')
  })

  test('a report says which documents a check is about', () => {
    const { world, last, forged } = forge((draw) => ({ ...draw, draw_id: 'DR_again' }))
    const { checks } = verify([world.receipt(last), world.checkpoint(), world.receipt(forged)])
    const about = (name: string, state: string) =>
      checks.filter((check) => check.name === name && check.state === state).map(({ of }) => of)
    expect(about('one draw', 'failed')).toEqual([[0, 2]])
    expect(about('leaves of the receipt', 'passed')).toEqual([[0], [2]])
  })

  test('a kept checkpoint is held against the key of a document beside it, and without one that is said', () => {
    const { world, last } = drawAll(requests)
    const kept = world.checkpoint()
    const signed = { name: 'signature of the checkpoint', state: 'passed', why: '', of: [1] } as const
    expect(verify([world.receipt(last), kept]).checks).toContainEqual(signed)
    const forged = kept.replace(/^\d+$/m, '999')
    expect(failed([world.receipt(last), forged])).toEqual(['signature of the checkpoint'])
    const unsigned = 'no document here has the key that signs the checkpoint, so its signature was not checked'
    expect(verify([kept, kept]).notes).toEqual([unsigned])
    expect(verify([world.receipt(last), kept]).notes).not.toContain(unsigned)
  })

  test('two logs of one length are found out by whoever has a checkpoint of each', () => {
    const [one, other] = [createFairWorld().checkpoint(), createFairWorld().checkpoint()]
    expect(failed([one, other])).toEqual(['one log'])
    expect(failed([one, one])).toEqual([])
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

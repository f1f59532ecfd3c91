import { describe, expect, test } from 'bun:test'
import { epochLeaf, leafId, stockStepLeaf } from '../../src/fairness/leaves.ts'
import { leavesOf } from '../../src/fairness/receipt.ts'
import type { Draw, StockStep, Turn } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { drawAll, failed, hitting, requests } from '../support/drawn.ts'
import { createFairWorld } from '../support/fair-world.ts'

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

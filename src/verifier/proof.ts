import { sha256, toHex } from './bytes.ts'
import { type Check, must } from './check.ts'
import type { Draw, Proof, Turn, WheelDocument } from './documents.ts'
import {
  beginningLeaf,
  commitmentOf,
  epochLeaf,
  landingOf,
  rollOf,
  stockStepLeaf,
  turnLeaves,
  wheelHash,
} from './draws.ts'
import { keyOf, logRootOf, openCheckpoint, type TreeHead } from './log.ts'
import { requireConsecutive } from './receipt.ts'

export function proofChecks(proof: Proof): readonly Check[] {
  const { draw, seed } = proof
  return [
    ['key', () => must(keyOf(proof.key).name === proof.origin, 'the key is not that of the log')],
    ['checkpoint', () => must(headOf(proof).origin === proof.origin, 'the checkpoint is of another log')],
    ['draw in the log', () => requireDrawInLog(proof)],
    ['epoch in the log', () => requireInLog(proof, epochLeaf(proof.epoch), proof.epoch_place)],
    ['epoch', () => requireEpoch(proof)],
    ['wheel', () => requireWheels(proof)],
    ['draw numbers', () => requireConsecutive([...proof.history, draw])],
    ['history', () => requireChain(proof)],
    ['pity', () => requirePity(proof)],
    ['outcomes', () => requireOutcomes(proof)],
    ['prize stock', () => requireStocks(proof)],
    [
      'seed',
      () => (seed === null ? 'pending' : must(commitmentOf(seed) === proof.epoch.commitment, 'not what was committed')),
    ],
    ['rolls', () => (seed === null ? 'pending' : requireRolls(seed, draw))],
  ]
}

const heads = new WeakMap<Proof, TreeHead>()

/** What the proof's checkpoint says; its signature is checked once, because that takes the most time by far. */
export function headOf(proof: Proof): TreeHead {
  const head = heads.get(proof) ?? openCheckpoint(proof.checkpoint, keyOf(proof.key))
  heads.set(proof, head)
  return head
}

function requireInLog(proof: Proof, leaf: Uint8Array, place: Proof['epoch_place']): undefined {
  const { size, root } = headOf(proof)
  must(logRootOf(leaf, place, size) === root, 'the log of the checkpoint has no such leaf there')
}

function requireDrawInLog(proof: Proof): undefined {
  const leaves = turnLeaves(proof.draw)
  must(leaves.length > 0 && leaves.length === proof.places.length, 'a turn has no place in the log')
  const [first] = proof.places
  for (const [at, place] of proof.places.entries()) {
    requireInLog(proof, leaves[at] ?? new Uint8Array(), place)
    must(place.log_index === first?.log_index, 'the turns are of different commits')
  }
}

function requireEpoch({ epoch, epoch_place, draw, places }: Proof): undefined {
  must(draw.chain_id === epoch.chain_id && draw.epoch === epoch.epoch, 'the draw is of another epoch')
  must(draw.wheel_hash === epoch.wheel_hash, 'the epoch was opened with another wheel')
  must(epoch_place.log_index < (places[0]?.log_index ?? 0), 'the epoch was opened after the draw')
}

const wheelsByHash = new WeakMap<Proof, Map<string, WheelDocument>>()

function wheelOf(proof: Proof, draw: Draw): WheelDocument {
  const known = wheelsByHash.get(proof) ?? new Map(proof.wheels.map((one) => [wheelHash(one), one]))
  wheelsByHash.set(proof, known)
  const wheel = known.get(draw.wheel_hash)
  if (!wheel) throw new Error(`the wheel ${draw.wheel_hash} is missing`)
  return wheel
}

function requireWheels(proof: Proof): undefined {
  const draws = [...proof.history, proof.draw]
  for (const draw of draws) wheelOf(proof, draw)
  const used = new Set(draws.map(({ wheel_hash }) => wheel_hash))
  must(proof.wheels.length === used.size, 'a wheel is not one of these turns')
  const { pity_limit, daily_limit, near_miss_width } = wheelOf(proof, proof.draw)
  const rules = [proof.epoch.pity_limit, proof.epoch.daily_limit, proof.epoch.near_miss_width]
  must([pity_limit, daily_limit, near_miss_width].join() === rules.join(), 'the rules are not those of the epoch')
}

/** Each turn holds the leaf of the one before it, so none can be left out or changed. */
function requireChain({ history, draw, beginning }: Proof): undefined {
  let last = beginning === null ? undefined : toHex(sha256(beginningLeaf(beginning)))
  for (const one of [...history, draw]) {
    must(one.user_id === draw.user_id, 'a turn is of somebody else')
    must(one.turns.length > 0, 'a draw has no turns')
    must(last === undefined || one.previous_leaf === last, `the leaf before turn ${one.turns[0]?.draw_no} is another`)
    last = toHex(sha256(turnLeaves(one).at(-1) ?? new Uint8Array()))
  }
}

/** The counter of turns without the guaranteed prize is right from the last time it was 0. */
function requirePity(proof: Proof): undefined {
  let count = countBefore(proof)
  for (const draw of [...proof.history, proof.draw]) {
    const wheel = wheelOf(proof, draw)
    for (const turn of draw.turns) {
      if (count !== undefined) must(turn.pity_before === count, `the counter before turn ${turn.draw_no} is wrong`)
      count = turn.prize_id === wheel.pity_prize_id ? 0 : turn.pity_before + 1
    }
  }
}

/** The counter before the first turn; undefined when that turn won the guaranteed prize, which starts it again. */
function countBefore(proof: Proof): number | undefined {
  const { history, draw, beginning } = proof
  const first = history[0] ?? draw
  const turn = first.turns[0] as Turn
  if (beginning !== null) {
    must(beginning.user_id === draw.user_id && beginning.draw_no + 1 === turn.draw_no, 'it begins with another turn')
    return beginning.pity_count
  }
  if (turn.draw_no === 1) {
    must(first.previous_leaf === null, 'there is a turn before the first')
    return 0
  }
  const isReset = history.length > 0 && turn.prize_id === wheelOf(proof, first).pity_prize_id
  must(isReset, 'the history does not reach back to a guaranteed prize or to the first turn')
  return undefined
}

function requireOutcomes(proof: Proof): undefined {
  const wheel = wheelOf(proof, proof.draw)
  for (const turn of proof.draw.turns) {
    const isDue = turn.pity_before >= wheel.pity_limit - 1
    must(isDue === (turn.roll === null), `turn ${turn.draw_no}: the guaranteed prize is ${isDue ? '' : 'not '}due`)
    const { prize_id, is_near_miss } =
      turn.roll === null ? { prize_id: wheel.pity_prize_id, is_near_miss: false } : landingOf(wheel, turn.roll)
    const isOut = turn.stock_before === 0
    must(turn.fell_through === isOut && (!isOut || turn.roll !== null), `turn ${turn.draw_no}: its stock is wrong`)
    must(
      turn.prize_id === (isOut ? wheel.empty_prize_id : prize_id),
      `turn ${turn.draw_no}: the roll wins another prize`,
    )
    must(turn.is_near_miss === is_near_miss, `turn ${turn.draw_no}: whether it nearly won is wrong`)
    must(turn.points_awarded === pointsOf(wheel, turn.prize_id), `turn ${turn.draw_no}: the points are wrong`)
  }
}

/** What was left of a prize is what the last step of its stock says, and that step is in the log. */
function requireStocks(proof: Proof): undefined {
  const { draw, stocks, places } = proof
  const steps = new Map(stocks.map(({ step, place }) => [toHex(sha256(stockStepLeaf(step))), { step, place }]))
  const wheel = wheelOf(proof, draw)
  for (const { draw_no, roll, stock_before, stock_leaf } of draw.turns) {
    must((stock_before === null) === (stock_leaf === null), `turn ${draw_no}: its stock has no step, or no count`)
    if (roll === null || stock_leaf === null) continue
    const found = steps.get(stock_leaf)
    if (!found) throw new Error(`turn ${draw_no}: the step of its stock is missing`)
    const { step, place } = found
    must(step.prize_id === landingOf(wheel, roll).prize_id, `turn ${draw_no}: the step is of another prize`)
    must(step.stock_after === stock_before, `turn ${draw_no}: ${step.stock_after} were left, not ${stock_before}`)
    requireInLog(proof, stockStepLeaf(step), place)
    must(place.log_index <= (places[0]?.log_index ?? 0), `turn ${draw_no}: the step came after the draw`)
  }
  const named = new Set(draw.turns.map(({ stock_leaf }) => stock_leaf))
  must(stocks.length === steps.size && [...steps.keys()].every((leaf) => named.has(leaf)), 'a step is of no turn')
}

function pointsOf({ prizes }: WheelDocument, prizeId: number): number {
  const prize = prizes.find(({ prize_id }) => prize_id === prizeId)
  return prize?.prize_type === 'points' ? Math.floor(prize.value_hundredths / 100) : 0
}

function requireRolls(seed: string, draw: Draw): undefined {
  for (const { roll, draw_no } of draw.turns)
    must(roll === null || rollOf(seed, draw, draw_no) === roll, `turn ${draw_no}: the seed gives another roll`)
}

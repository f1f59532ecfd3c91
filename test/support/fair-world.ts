import { commitmentOf, makeSeedChain, seedChainOf } from '../../src/fairness/chain.ts'
import { epochLeaf, leafId, stockStepLeaf, wheelHash } from '../../src/fairness/leaves.ts'
import { leavesOf, receiptOf, signReceipts } from '../../src/fairness/receipt.ts'
import { rollOf } from '../../src/fairness/rolls.ts'
import { signCheckpoint } from '../../src/tlog/format/checkpoint.ts'
import { entryBytes, entryRoot } from '../../src/tlog/format/entries.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { inclusionSpans, leafHash, rootOf, spanHash } from '../../src/tlog/format/tree.ts'
import type { Draw, LeafPlace, Proof, Receipt, StockStep, Turn, WheelDocument } from '../../src/verifier/documents.ts'

/** A wheel on which every kind of outcome is likely: a limited prize, an activity, the guaranteed and an empty one. */
const fairWheel: WheelDocument = {
  version: 3,
  pity_limit: 4,
  daily_limit: 10,
  cost_points: 100,
  pity_prize_id: 2,
  empty_prize_id: 4,
  near_miss_width: 200,
  prizes: [
    { prize_id: 1, prize_name: '30积分', prize_type: 'points', probability: 4_000 },
    { prize_id: 2, prize_name: '九八折券', prize_type: 'coupon', probability: 1_000 },
    { prize_id: 3, prize_name: '神秘大奖', prize_type: 'physical', probability: 2_500 },
    { prize_id: 4, prize_name: '谢谢参与', prize_type: 'empty', probability: 2_500 },
  ].map((prize, at) => ({ ...prize, value_hundredths: 3_000, angle: 45 * at, is_activity: prize.prize_id === 3 })),
}

const fairEpoch = 20_785
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** A log in memory that diners draw in, by the program's own pure functions. */
export function createFairWorld(origin = 'restaurant.example/log', chain = seedChainOf(makeSeedChain(fairEpoch + 10))) {
  const signer = signerOf(makeSignerKey(origin))
  const commitment = hex(commitmentOf(chain.seedOf(fairEpoch)))
  const { pity_limit, daily_limit, cost_points, near_miss_width } = fairWheel
  const rules = { pity_limit, daily_limit, cost_points, near_miss_width }
  const opening = { chain_id: chain.id, epoch: fairEpoch, commitment, wheel_hash: wheelHash(fairWheel), ...rules }
  const commits: Buffer[][] = [[Buffer.from('earlier')], [epochLeaf(opening)]]
  const steps: StockStep[] = []
  /** Moves the stock of the limited prize. Returns the leaf that says so. */
  const step = (operation: string, quantity_change: number): Buffer => {
    const last = steps.at(-1)
    const next = {
      ...{ prize_id: 3, seq: steps.length + 1, operation, quantity_change, at_ms: 1_795_000_000_000 },
      ...{ stock_after: (last?.stock_after ?? 0) + quantity_change },
      previous_leaf: last ? leafId(stockStepLeaf(last)) : null,
    }
    steps.push(next)
    return stockStepLeaf(next)
  }
  commits.push([step('adjust', 2)])

  /** Takes turns; the user's earlier draws say where the counters stand. */
  const take = (userId: number, count: number, clientSeed: string, earlier: readonly Draw[]): Draw => {
    let last = earlier.at(-1)?.turns.at(-1)
    const stepsBefore = steps.length
    const turns: Turn[] = []
    for (let at = 0; at < count; at += 1) {
      const draw_no = (last?.draw_no ?? 0) + 1
      const pity_before = last === undefined || last.prize_id === fairWheel.pity_prize_id ? 0 : last.pity_before + 1
      const source = { seed: chain.seedOf(fairEpoch), epoch: fairEpoch, userId, drawNo: draw_no, clientSeed }
      const roll = pity_before >= pity_limit - 1 ? null : rollOf(source)
      last = { draw_no, pity_before, roll, ...outcomeOf(roll) }
      turns.push(last)
    }
    const before = earlier.at(-1)
    const previous_leaf = before ? leafId(leavesOf(before).at(-1) as Buffer) : null
    const source = clientSeed === '' ? ('none' as const) : ('key' as const)
    const facts = { chain_id: chain.id, epoch: fairEpoch, wheel_hash: wheelHash(fairWheel), at_ms: 1_795_000_000_000 }
    const draw_id = `DR_${userId}_${turns[0]?.draw_no}`
    const draw = {
      draw_id,
      user_id: userId,
      ...facts,
      client_seed: clientSeed,
      client_seed_source: source,
      turns,
      previous_leaf,
    }
    commits.push([Buffer.from('the ledger'), ...leavesOf(draw), ...steps.slice(stepsBefore).map(stockStepLeaf)])
    return draw
  }
  const outcomeOf = (roll: number | null): Omit<Turn, 'draw_no' | 'pity_before' | 'roll'> => {
    const none = { fell_through: false, is_near_miss: false, points_awarded: 0, stock_before: null, stock_leaf: null }
    if (roll === null || (roll >= 4_000 && roll < 5_000))
      return { ...none, prize_id: 2, is_near_miss: (roll ?? 0) >= 4_800 }
    if (roll < 4_000) return { ...none, prize_id: 1, points_awarded: 30 }
    if (roll >= 7_500) return { ...none, prize_id: 4, is_near_miss: roll < 7_700 }
    const before = steps.at(-1) as StockStep
    const hit = { ...none, stock_before: before.stock_after, stock_leaf: leafId(stockStepLeaf(before)) }
    if (hit.stock_before !== 0) step('draw', -1)
    return hit.stock_before === 0 ? { ...hit, prize_id: 4, fell_through: true } : { ...hit, prize_id: 3 }
  }

  const isNamedBy = (draw: Draw) => (one: StockStep) =>
    draw.turns.some(({ stock_leaf }) => stock_leaf === leafId(stockStepLeaf(one)))
  const placeOf = (leaf: Buffer): LeafPlace => {
    const entries = commits.map((leaves) => leafHash(entryBytes(leaves.length, entryRoot(leaves.map(hashed)))))
    const log_index = commits.findIndex((leaves) => leaves.some((one) => one.equals(leaf)))
    const leaves = (commits[log_index] ?? []).map((one) => leafHash(hashed(one)))
    const leaf_index = (commits[log_index] ?? []).findIndex((one) => one.equals(leaf))
    return {
      leaf_index,
      leaf_count: leaves.length,
      leaf_path: inclusionSpans(leaf_index, leaves.length).map((span) => hex(spanHash(leaves, span))),
      log_index,
      log_path: inclusionSpans(log_index, commits.length).map((span) => hex(spanHash(entries, span))),
    }
  }
  const hashed = (leaf: Buffer) => Buffer.from(leafId(leaf), 'hex')
  const checkpoint = () => {
    const root = rootOf(commits.map((leaves) => leafHash(entryBytes(leaves.length, entryRoot(leaves.map(hashed))))))
    return signCheckpoint({ size: commits.length, root }, signer)
  }

  return {
    take,
    chain,
    steps,
    opening,
    commit: (...leaves: Buffer[]) => commits.push(leaves),
    checkpoint,
    /** The receipts of draws, signed together. */
    receipts(...draws: Draw[]): Receipt[] {
      const facts = { commitment, checkpoint: { size: 2, root: hex(rootOf([])) }, signer }
      const receipts = draws.map((draw) => receiptOf(draw, leavesOf(draw).map(leafId), facts))
      signReceipts(receipts, signer)
      return receipts
    },
    receipt(draw: Draw): Receipt {
      return this.receipts(draw)[0] as Receipt
    },
    proof: (draw: Draw, history: Draw[], facts: Partial<Proof> = {}): Proof => ({
      kind: 'proof',
      version: 1,
      origin: signer.name,
      key: signer.verifierKey,
      draw,
      places: leavesOf(draw).map(placeOf),
      epoch: opening,
      epoch_place: placeOf(epochLeaf(facts.epoch ?? opening)),
      wheels: [fairWheel],
      history,
      beginning: null,
      stocks: steps.filter(isNamedBy(draw)).map((one) => ({ step: one, place: placeOf(stockStepLeaf(one)) })),
      seed: hex(chain.seedOf(fairEpoch)),
      checkpoint: checkpoint(),
      ...facts,
    }),
  }
}

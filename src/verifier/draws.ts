import {
  canonical,
  concatBytes,
  flag,
  fromHex,
  hash,
  hmacSha256,
  i64,
  sha256,
  text,
  toHex,
  u8,
  u32,
  u64,
} from './bytes.ts'
import type { Beginning, Draw, EpochOpening, Receipt, StockStep, Turn, WheelDocument } from './documents.ts'

const oddsSum = 10_000
/** The largest multiple of `oddsSum` among the numbers of 32 bits. A number below it, divided, favours no roll. */
const fairBelow = 4_294_960_000

/** The bytes of a turn's leaf in the log. */
function turnLeaf(draw: Draw, turn: Turn, previous: string | null): Uint8Array {
  return canonical(
    'rp-leaf/draw/1',
    text(draw.draw_id),
    u64(draw.user_id),
    draw.chain_id === null ? null : text(draw.chain_id),
    u32(draw.epoch),
    hash(draw.wheel_hash),
    text(draw.client_seed),
    text(draw.client_seed_source),
    u64(draw.at_ms),
    u64(turn.draw_no),
    u32(turn.pity_before),
    turn.roll === null ? null : u32(turn.roll),
    u32(turn.prize_id),
    flag(turn.fell_through),
    flag(turn.is_near_miss),
    u32(turn.points_awarded),
    turn.stock_before === null ? null : u32(turn.stock_before),
    hash(turn.stock_leaf),
    hash(previous),
  )
}

/** The bytes of the leaf of each turn of a draw. Each holds the hash of the one before. */
export function turnLeaves(draw: Draw): Uint8Array[] {
  let previous = draw.previous_leaf
  return draw.turns.map((turn) => {
    const leaf = turnLeaf(draw, turn, previous)
    previous = toHex(sha256(leaf))
    return leaf
  })
}

/** What the signature of receipts signs: their number, and the root of their tree. */
export function receiptsBytes(count: number, root: Uint8Array): Uint8Array {
  return canonical('rp-receipts/1', u32(count), root)
}

/** The bytes of a receipt's leaf in the tree of those that were signed together. */
export function receiptBytes(receipt: Receipt): Uint8Array {
  return canonical(
    'rp-receipt/1',
    text(receipt.origin),
    text(receipt.key),
    receipt.chain_id === null ? null : text(receipt.chain_id),
    u32(receipt.epoch),
    hash(receipt.commitment),
    text(receipt.draw_id),
    u64(receipt.user_id),
    text(receipt.client_seed),
    text(receipt.client_seed_source),
    hash(receipt.wheel_hash),
    u64(receipt.at_ms),
    hash(receipt.previous_leaf),
    concatBytes(...receipt.leaves.map((leaf) => fromHex(leaf))),
    receipt.checkpoint && u64(receipt.checkpoint.size),
    receipt.checkpoint && hash(receipt.checkpoint.root),
    u32(receipt.promise_s),
  )
}

export function epochLeaf(epoch: EpochOpening): Uint8Array {
  return canonical(
    'rp-leaf/epoch/1',
    text(epoch.chain_id),
    u32(epoch.epoch),
    hash(epoch.commitment),
    hash(epoch.wheel_hash),
    u32(epoch.pity_limit),
    u32(epoch.daily_limit),
    u32(epoch.cost_points),
    u32(epoch.near_miss_width),
  )
}

export function beginningLeaf({ user_id, draw_no, pity_count }: Beginning): Uint8Array {
  return canonical('rp-leaf/beginning/1', u64(user_id), u64(draw_no), u32(pity_count))
}

export function stockStepLeaf(step: StockStep): Uint8Array {
  return canonical(
    'rp-leaf/prize-stock/1',
    u32(step.prize_id),
    u32(step.seq),
    text(step.operation),
    i64(step.quantity_change),
    step.stock_after === null ? null : u32(step.stock_after),
    hash(step.previous_leaf),
    u64(step.at_ms),
  )
}

export function wheelHash(wheel: WheelDocument): string {
  const prizes = wheel.prizes.map((prize) =>
    canonical(
      'rp-prize/1',
      u32(prize.prize_id),
      text(prize.prize_name),
      text(prize.prize_type),
      u64(prize.value_hundredths),
      u32(prize.angle),
      u32(prize.probability),
      flag(prize.is_activity),
    ),
  )
  const rules = [wheel.version, wheel.pity_limit, wheel.daily_limit, wheel.cost_points]
  const ids = [wheel.pity_prize_id, wheel.empty_prize_id, wheel.near_miss_width]
  return toHex(sha256(canonical('rp-wheel/1', ...[...rules, ...ids].map(u32), ...prizes)))
}

export function commitmentOf(seed: string): string {
  return toHex(sha256(concatBytes(text('rp-commit/1'), fromHex(seed))))
}

/** The roll that an epoch's seed gives a turn. */
export function rollOf(seed: string, draw: Draw, drawNo: number): number {
  for (let i = 0; ; i += 1) {
    const common = [u8(1), u32(draw.epoch), u64(draw.user_id), u64(drawNo), u32(i), text(draw.client_seed)]
    const bytes = hmacSha256(fromHex(seed), canonical('rp-roll/1', ...common))
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at < bytes.length; at += 4) if (view.getUint32(at) < fairBelow) return view.getUint32(at) % oddsSum
  }
}

export interface Outcome {
  prize_id: number
  is_near_miss: boolean
}

/** Where a roll lands. The prizes lie one after the other by angle, each as wide as its odds. */
export function landingOf(wheel: WheelDocument, roll: number): Outcome {
  let hit: WheelDocument['prizes'][number] | undefined
  let isNear = false
  let start = 0
  for (const prize of wheel.prizes) {
    const end = start + prize.probability
    if (roll >= start && roll < end) hit = prize
    const reaches = roll >= start - wheel.near_miss_width && roll < end + wheel.near_miss_width
    if (prize.is_activity && end > start && reaches) isNear = true
    start = end
  }
  if (!hit) throw new Error('the roll lies outside of the wheel')
  return { prize_id: hit.prize_id, is_near_miss: isNear && !hit.is_activity }
}

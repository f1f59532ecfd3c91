import { CanonicalBytes } from '../tlog/format/bytes.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { Beginning, Draw, EpochOpening, Receipt, StockStep, Turn, WheelDocument } from '../verifier/documents.ts'

const flag = (value: boolean) => (value ? 1 : 0)

/** What the turns of a draw have in common, as a turn's leaf holds it. */
export type DrawFacts = Omit<Draw, 'turns' | 'previous_leaf'>

/** What a turn's leaf says. */
export function turnLeaf(draw: DrawFacts, turn: Turn, previous: string | null): CanonicalBytes {
  const bytes = new CanonicalBytes('rp-leaf/draw/1').text(draw.draw_id).u64(draw.user_id)
  if (draw.chain_id === null) bytes.none()
  else bytes.text(draw.chain_id)
  bytes.u32(draw.epoch).hashes(draw.wheel_hash).text(draw.client_seed).text(draw.client_seed_source)
  bytes.u64(draw.at_ms).u64(turn.draw_no).u32(turn.pity_before)
  if (turn.roll === null) bytes.none()
  else bytes.u32(turn.roll)
  bytes.u32(turn.prize_id).u8(flag(turn.fell_through)).u8(flag(turn.is_near_miss)).u32(turn.points_awarded)
  if (turn.stock_before === null) bytes.none()
  else bytes.u32(turn.stock_before)
  for (const leaf of [turn.stock_leaf, previous]) {
    if (leaf === null) bytes.none()
    else bytes.hashes(leaf)
  }
  return bytes
}

/** A leaf, in hex. */
export function leafId(bytes: Uint8Array): string {
  return sha256(bytes).toHex()
}

/** What an epoch's entry in the log says. */
export function epochLeaf(epoch: EpochOpening): Buffer {
  return new CanonicalBytes('rp-leaf/epoch/1')
    .text(epoch.chain_id)
    .u32(epoch.epoch)
    .hashes(epoch.commitment)
    .hashes(epoch.wheel_hash)
    .u32(epoch.pity_limit)
    .u32(epoch.daily_limit)
    .u32(epoch.cost_points)
    .u32(epoch.near_miss_width)
    .done()
}

/** What the log says of a new chain, before it draws. */
export function chainLeaf(chain: { chain_id: string; epoch: number; commitment: string }): Buffer {
  const bytes = new CanonicalBytes('rp-leaf/chain/1').text(chain.chain_id).u32(chain.epoch)
  return bytes.hashes(chain.commitment).done()
}

/** What the log says of an account older than the log, at its first draw after. */
export function beginningLeaf({ user_id, draw_no, pity_count }: Beginning): Buffer {
  return new CanonicalBytes('rp-leaf/beginning/1').u64(user_id).u64(draw_no).u32(pity_count).done()
}

/** What the log says of a step of a prize's stock. */
export function stockStepLeaf(step: StockStep): Buffer {
  const bytes = new CanonicalBytes('rp-leaf/prize-stock/1').u32(step.prize_id).u32(step.seq).text(step.operation)
  bytes.i64(step.quantity_change)
  if (step.stock_after === null) bytes.none()
  else bytes.u32(step.stock_after)
  if (step.previous_leaf === null) bytes.none()
  else bytes.hashes(step.previous_leaf)
  return bytes.u64(step.at_ms).done()
}

/** Names a wheel and its rules. Stock, status and times are no part of it. */
export function wheelHash(wheel: WheelDocument): string {
  const bytes = new CanonicalBytes('rp-wheel/1')
  const { version, pity_limit, daily_limit, cost_points, pity_prize_id, empty_prize_id, near_miss_width } = wheel
  for (const field of [version, pity_limit, daily_limit, cost_points, pity_prize_id, empty_prize_id, near_miss_width])
    bytes.u32(field)
  for (const prize of wheel.prizes) {
    const one = new CanonicalBytes('rp-prize/1').u32(prize.prize_id).text(prize.prize_name).text(prize.prize_type)
    one.u64(prize.value_hundredths).u32(prize.angle).u32(prize.probability).u8(flag(prize.is_activity))
    bytes.bytes(one.done())
  }
  return leafId(bytes.done())
}

/** What the log says of a version of the wheel that comes into force. */
export function wheelLeaf(version: number, hash: string): Buffer {
  return new CanonicalBytes('rp-leaf/wheel/1').u32(version).hashes(hash).done()
}

/** What the signature of receipts signs: their number, and the root of their tree. */
export function receiptsBytes(count: number, root: Uint8Array): Buffer {
  return new CanonicalBytes('rp-receipts/1').u32(count).bytes(root).done()
}

/** What a receipt's leaf says, in the tree of those that are signed together. */
export function receiptLeaf(receipt: Omit<Receipt, 'signature' | 'signed_with'>): CanonicalBytes {
  const bytes = new CanonicalBytes('rp-receipt/1').text(receipt.origin).text(receipt.key)
  if (receipt.chain_id === null) bytes.none()
  else bytes.text(receipt.chain_id)
  bytes.u32(receipt.epoch).hashes(receipt.commitment).text(receipt.draw_id).u64(receipt.user_id)
  bytes.text(receipt.client_seed).text(receipt.client_seed_source).hashes(receipt.wheel_hash)
  bytes.u64(receipt.at_ms)
  if (receipt.previous_leaf === null) bytes.none()
  else bytes.hashes(receipt.previous_leaf)
  bytes.hashes(...receipt.leaves)
  if (receipt.checkpoint === null) bytes.none().none()
  else bytes.u64(receipt.checkpoint.size).hashes(receipt.checkpoint.root)
  return bytes.u32(receipt.promise_s)
}

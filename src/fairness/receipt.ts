import type { NoteSigner } from '../tlog/format/notes.ts'
import type { Draw, Receipt } from '../verifier/documents.ts'
import { leafId, receiptBytes, turnLeaf } from './leaves.ts'

/** A draw's leaves are in the log within this time. */
const promise_s = 60

/** The leaf of each turn of a draw, in order. Each holds the one before it. */
export function leavesOf(draw: Draw): Buffer[] {
  let previous = draw.previous_leaf
  return draw.turns.map((turn) => {
    const leaf = turnLeaf(draw, turn, previous)
    previous = leafId(leaf)
    return leaf
  })
}

/** Signs what the service promises of a draw. The same draw gives the same receipt, byte by byte. */
export function receiptOf(
  draw: Draw,
  { commitment, checkpoint, signer }: Pick<Receipt, 'commitment' | 'checkpoint'> & { signer: NoteSigner },
): Receipt {
  const unsigned = {
    kind: 'receipt' as const,
    version: 1 as const,
    origin: signer.name,
    key: signer.verifierKey,
    ...draw,
    commitment,
    leaves: leavesOf(draw).map(leafId),
    checkpoint,
    promise_s,
  }
  return { ...unsigned, signature: signer.sign(receiptBytes(unsigned)).toString('base64') }
}

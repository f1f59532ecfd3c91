import type { NoteSigner } from '../tlog/format/notes.ts'
import { treeOf } from '../tlog/format/tree.ts'
import type { Draw, Receipt } from '../verifier/documents.ts'
import { leafId, receiptLeaf, receiptsBytes, turnLeaf } from './leaves.ts'

/** A draw's leaves are in the log within this time. */
const promise_s = 60

/** The leaf of each turn of a draw, in order. Each holds the one before it. */
export function leavesOf(draw: Draw): Buffer[] {
  let previous = draw.previous_leaf
  return draw.turns.map((turn) => {
    const leaf = turnLeaf(draw, turn, previous).done()
    previous = leafId(leaf)
    return leaf
  })
}

/**
 * What the service promises of a draw, not yet signed. The same draw gives the same receipt, byte by byte.
 * @param leaves the leaf of each turn, in hex
 */
export function receiptOf(
  draw: Draw,
  leaves: string[],
  { commitment, checkpoint, signer }: Pick<Receipt, 'commitment' | 'checkpoint'> & { signer: NoteSigner },
): Receipt {
  return {
    kind: 'receipt',
    version: 1,
    origin: signer.name,
    key: signer.verifierKey,
    ...draw,
    commitment,
    leaves,
    checkpoint,
    promise_s,
    signed_with: { index: 0, count: 0, path: [] },
    signature: '',
  }
}

/**
 * Signs receipts together, in place: one signature over the root of their tree (RFC 6962), as Roughtime answers many at
 * once. Each receipt says how it leads to the root. A signature takes as long as the rest of a draw's proof.
 */
export function signReceipts(receipts: readonly Receipt[], signer: NoteSigner): void {
  const { root, paths } = treeOf(receipts.map((receipt) => receiptLeaf(receipt).leafHash()))
  const signature = signer.sign(receiptsBytes(receipts.length, root)).toString('base64')
  for (const [index, receipt] of receipts.entries()) {
    receipt.signed_with = { index, count: receipts.length, path: (paths[index] ?? []).map((hash) => hash.toHex()) }
    receipt.signature = signature
  }
}

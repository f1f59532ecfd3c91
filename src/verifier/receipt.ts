import { fromBase64, sha256, toHex } from './bytes.ts'
import { type Check, must } from './check.ts'
import type { Draw, Receipt } from './documents.ts'
import { receiptBytes, receiptsBytes, turnLeaves } from './draws.ts'
import { isSignedBy, keyOf, leafHash, rootFrom } from './log.ts'

export function receiptChecks(receipt: Receipt, hasProof: boolean): readonly Check[] {
  const unproven: Check = ['proof in the log', () => 'pending']
  return [
    ['key', () => must(keyOf(receipt.key).name === receipt.origin, 'the key is not that of the log')],
    [
      'signature of the receipt',
      () => {
        const { index, count, path } = receipt.signed_with
        const signed = receiptsBytes(count, rootFrom(leafHash(receiptBytes(receipt)), index, count, path))
        must(isSignedBy(keyOf(receipt.key), signed, fromBase64(receipt.signature)), 'the key did not sign this receipt')
      },
    ],
    [
      'leaves of the receipt',
      () => {
        const leaves = turnLeaves(receipt).map((leaf) => toHex(sha256(leaf)))
        must(leaves.length > 0 && leaves.join() === receipt.leaves.join(), 'a turn is not the one that was signed')
      },
    ],
    ['draw numbers', () => requireConsecutive([receipt])],
    ...(hasProof ? [] : [unproven]),
  ]
}

/** @throws when a turn's number does not follow that of the turn before it. */
export function requireConsecutive(draws: readonly Draw[]): undefined {
  const numbers = draws.flatMap(({ turns }) => turns.map(({ draw_no }) => draw_no))
  for (const [at, number] of numbers.entries())
    must(number === (numbers[0] ?? 0) + at && number >= 1, `turn ${number} is out of order`)
}

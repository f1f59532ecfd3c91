import { CanonicalBytes } from './bytes.ts'
import { leafHash, rootOf } from './tree.ts'

/**
 * An entry of the log: what one commit did, as the root over its leaves.
 * @param leaves the hash of each leaf's bytes
 */
export function entryBytes(leaves: readonly Uint8Array[]): Buffer {
  return entryOf(leaves.length, rootOf(leaves.map(leafHash)))
}

/** An entry by the number of its leaves and their root. */
function entryOf(leafCount: number, root: Uint8Array): Buffer {
  return new CanonicalBytes('rp-entry/1').u32(leafCount).bytes(root).done()
}

import { CanonicalBytes } from './bytes.ts'
import { type Hash, leafHash, rootOf } from './tree.ts'

/**
 * The root of a commit's tree.
 * @param leaves the hash of each leaf's bytes
 */
export function entryRoot(leaves: readonly Uint8Array[]): Hash {
  return rootOf(leaves.map(leafHash))
}

/** An entry of the log: what one commit did, by the number of its leaves and their root. */
export function entryBytes(leafCount: number, root: Uint8Array): Buffer {
  return new CanonicalBytes('rp-entry/1').u32(leafCount).bytes(root).done()
}

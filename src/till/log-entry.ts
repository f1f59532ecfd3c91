import type { Hash } from '../tlog/format/tree.ts'

/** What the log says of one thing that a commit did. */
export interface Leaf {
  /** Names the thing for people, as in `ledger 12/3`; ASCII, at most 255 characters. It is no part of the hash. */
  label: string
  /** The hash of canonical bytes that say it. */
  hash: Hash
}

const hashSize = 32

/** One after the other: the label's length in one byte, the label, the hash. */
export function packLeaves(leaves: readonly Leaf[]): Buffer {
  const bytes = Buffer.alloc(leaves.reduce((sum, { label }) => sum + 1 + label.length + hashSize, 0))
  let at = 0
  for (const { label, hash } of leaves) {
    at = bytes.writeUInt8(label.length, at)
    at += bytes.write(label, at, 'latin1')
    bytes.set(hash, at)
    at += hashSize
  }
  return bytes
}

/** @throws {RangeError} for bytes that are no leaves. */
export function unpackLeaves(bytes: Buffer): Leaf[] {
  const leaves: Leaf[] = []
  for (let at = 0; at < bytes.length; ) {
    const labelEnd = at + 1 + bytes.readUInt8(at)
    const end = labelEnd + hashSize
    const label = bytes.toString('latin1', at + 1, labelEnd)
    if (end > bytes.length) throw new RangeError('the leaves of an entry are cut short')
    leaves.push({ label, hash: new Uint8Array(bytes.subarray(labelEnd, end)) })
    at = end
  }
  return leaves
}

/** Merkle trees of RFC 6962: roots, proofs that a leaf is in a tree, and proofs that one tree is the start of another. */

/** 32 bytes. */
export type Hash = Uint8Array

const hashSize = 32
/** What comes before a leaf's bytes. */
export const leafTag = 0

export function sha256(bytes: Uint8Array): Hash {
  const hash = new Uint8Array(hashSize)
  Bun.SHA256.hash(bytes, hash)
  return hash
}

const tagged = new Uint8Array(1 + hashSize)
tagged[0] = leafTag

export function leafHash(leaf: Uint8Array): Hash {
  const bytes = leaf.length === hashSize ? tagged : new Uint8Array(1 + leaf.length)
  bytes.set(leaf, 1)
  return sha256(bytes)
}

const pair = new Uint8Array(1 + 2 * hashSize)
pair[0] = 1

export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1)
  pair.set(right, 1 + hashSize)
  return sha256(pair)
}

/** The root of a tree by the hashes of its leaves; without leaves, the hash of nothing. */
export function rootOf(hashes: readonly Hash[]): Hash {
  let level = hashes
  if (level.length === 0) return sha256(new Uint8Array())
  while (level.length > 1) level = above(level)
  return level[0] as Hash
}

/** The next level of a tree: each two nodes become one, and what is left over goes up as it is. */
function above(level: readonly Hash[]): Hash[] {
  const next: Hash[] = []
  for (let at = 0; at + 1 < level.length; at += 2) next.push(nodeHash(level[at] as Hash, level[at + 1] as Hash))
  if (level.length % 2 === 1) next.push(level[level.length - 1] as Hash)
  return next
}

/**
 * The root of a tree by the hashes of its leaves, and what leads from each leaf to it: the hash beside the way at each
 * level, the lowest first.
 */
export function treeOf(hashes: readonly Hash[]): { root: Hash; paths: Hash[][] } {
  const paths: Hash[][] = hashes.map(() => [])
  let level = hashes
  for (let height = 0; level.length > 1; height += 1) {
    for (const [leaf, path] of paths.entries()) {
      const beside = level[(leaf >>> height) ^ 1]
      if (beside) path.push(beside)
    }
    level = above(level)
  }
  return { root: rootOf(level), paths }
}

/** Leaves `from` to before `to` of a tree. */
export interface Span {
  from: number
  to: number
}

/** Where a span of more than one leaf is cut: its left part is the largest full tree that is not all of it. */
export function cutOf({ from, to }: Span): number {
  let width = 1
  while (2 * width < to - from) width *= 2
  return from + width
}

/** The spans whose hashes prove that leaf `index` is in a tree of `size` leaves, the lowest first. */
export function inclusionSpans(index: number, size: number): Span[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} of a tree of ${size}`)
  const path: Span[] = []
  let span = { from: 0, to: size }
  while (span.to - span.from > 1) {
    const cut = cutOf(span)
    const [left, right] = [
      { from: span.from, to: cut },
      { from: cut, to: span.to },
    ]
    path.push(index < cut ? right : left)
    span = index < cut ? left : right
  }
  return path.reverse()
}

/** The spans whose hashes prove that the tree of `older` leaves is the start of that of `newer`, the lowest first. */
export function consistencySpans(older: number, newer: number): Span[] {
  if (!(older >= 1 && older <= newer)) throw new RangeError(`a tree of ${older} in a tree of ${newer}`)
  const path: Span[] = []
  let span = { from: 0, to: newer }
  let isWhole = true
  while (span.to !== older) {
    const cut = cutOf(span)
    const [left, right] = [
      { from: span.from, to: cut },
      { from: cut, to: span.to },
    ]
    if (older <= cut) {
      path.push(right)
      span = left
    } else {
      path.push(left)
      span = right
      isWhole = false
    }
  }
  if (!isWhole) path.push(span)
  return path.reverse()
}

/** The hash of a span of these leaves' hashes. */
export function spanHash(hashes: readonly Hash[], { from, to }: Span): Hash {
  return rootOf(hashes.slice(from, to))
}

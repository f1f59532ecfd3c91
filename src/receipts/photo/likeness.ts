/** Of a hash of 256 bits the words of 32 bits. */
export const hashWords = 8

/** Of 256 bits those that a copy may differ in: copies were measured to differ in 36 at most, other receipts in 51 at least. */
const nearBits = 48

/** A hash of 64 hexadecimal digits as numbers to compare. */
export function packHash(hash: string): Uint32Array {
  return Uint32Array.from({ length: hashWords }, (_, word) => Number.parseInt(hash.slice(word * 8, word * 8 + 8), 16))
}

/** The bits in which `hash` differs from the one at word `from` of `hashes`; counting ends beyond `most`. */
export function distance(
  hashes: Uint32Array,
  from: number,
  hash: Uint32Array,
  most = Number.POSITIVE_INFINITY,
): number {
  let differing = 0
  for (let word = 0; word < hashWords && differing <= most; word += 1) {
    differing += bitsOf((hashes[from + word] ?? 0) ^ (hash[word] ?? 0))
  }
  return differing
}

/**
 * True when the image whose hash stands at word `from` of `hashes` was likely the source of the one with these probes:
 * encoded again, resized, brightened or cropped by a few hundredths. Two screens of one payment app and one restaurant
 * look as alike as copies do: compare what was read on them too before believing it.
 */
export function isNearCopy(hashes: Uint32Array, from: number, probes: readonly Uint32Array[]): boolean {
  return probes.some((probe) => distance(hashes, from, probe, nearBits) <= nearBits)
}

function bitsOf(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

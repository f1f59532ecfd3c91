/** A hash has 256 bits: so many words of 32. */
export const hashWords = 8

/** A copy differs in at most so many bits. Measured: copies in at most 36, other receipts in at least 51. */
const nearBits = 48

/** Turns a hash of 64 hexadecimal digits into words that can be compared. */
export function packHash(hash: string): Uint32Array {
  return Uint32Array.from({ length: hashWords }, (_, word) => Number.parseInt(hash.slice(word * 8, word * 8 + 8), 16))
}

/** How many bits of `hash` differ from the hash at word `from` of `hashes`. Counting stops once it is above `most`. */
export function hammingDistance(
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
 * True when an image is likely a copy: it was encoded again, resized, brightened or cropped by a few percent. `probes`
 * are the image's own; the hash of the possible source stands at word `from` of `hashes`. Two screens of one payment
 * app and one restaurant look as alike as copies do, so the amounts on them must be compared too.
 */
export function isNearCopy(hashes: Uint32Array, from: number, probes: readonly Uint32Array[]): boolean {
  return probes.some((probe) => hammingDistance(hashes, from, probe, nearBits) <= nearBits)
}

function bitsOf(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

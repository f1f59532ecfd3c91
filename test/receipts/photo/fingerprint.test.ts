import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Fingerprint, fingerprintOf } from '../../../src/receipts/photo/fingerprint.ts'
import { hammingDistance, isNearCopy, packHash } from '../../../src/receipts/photo/hamming-distance.ts'

const folder = join(import.meta.dir, '../../samples')
const truth: { file: string }[] = await Bun.file(join(folder, 'ground-truth.json')).json()
const originals = await Promise.all(
  truth.map(async ({ file }) => {
    const bytes = await Bun.file(join(folder, file)).bytes()
    const fingerprint = await fingerprintOf(bytes)
    return { file, bytes, fingerprint, hash: packHash(fingerprint.hash) }
  }),
)

const copies: [name: string, copy: (bytes: Uint8Array) => Promise<Uint8Array>][] = [
  ['encoded again', (bytes) => new Bun.Image(bytes).jpeg({ quality: 50 }).bytes()],
  ['as another format', (bytes) => new Bun.Image(bytes).webp({ quality: 60 }).bytes()],
  ['half as large', (bytes) => new Bun.Image(bytes).resize(500, 900, { fit: 'inside' }).jpeg().bytes()],
  ['a little squeezed', (bytes) => new Bun.Image(bytes).resize(800, 1300).jpeg().bytes()],
  ['brighter', (bytes) => new Bun.Image(bytes).modulate({ brightness: 1.1 }).jpeg().bytes()],
]

test.each(copies)(
  'a receipt %s is recognised as a copy of its original alone',
  async (_, copy) => {
    for (const { file, bytes } of originals) {
      const probes = (await fingerprintOf(await copy(bytes))).probes.map(packHash)
      const matches = originals.filter(({ hash }) => isNearCopy(hash, 0, probes))
      expect(matches.map((match) => match.file)).toEqual([file])
    }
  },
  30_000,
)

test('different receipts have a large Hamming distance', () => {
  const pairs = originals.flatMap((a, i) => originals.slice(i + 1).map((b) => nearest(a.fingerprint, b.fingerprint)))
  expect(Math.min(...pairs)).toBeGreaterThan(50)
})

test('the Hamming distance is the number of bits that differ', () => {
  const zeros = '0'.repeat(64)
  const fromZeros = (hash: string) => hammingDistance(packHash(zeros), 0, packHash(hash))
  expect(fromZeros(zeros)).toBe(0)
  expect(fromZeros('f'.repeat(64))).toBe(256)
  expect(fromZeros(`8000000${'0'.repeat(56)}1`)).toBe(2)
})

function nearest(stored: Fingerprint, { probes }: Fingerprint): number {
  return Math.min(...probes.map((probe) => hammingDistance(packHash(stored.hash), 0, packHash(probe))))
}

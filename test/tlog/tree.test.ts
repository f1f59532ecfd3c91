import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseTilePath, type Tile, tileIn, tilePath } from '../../src/tlog/format/tiles.ts'
import { consistencySpans, inclusionSpans, leafHash, rootOf, spanHash } from '../../src/tlog/format/tree.ts'

/** The leaves, roots and proofs that implementations of RFC 6962 test themselves with. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const inclusion: [number, number, string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
]
const consistency: [number, number, string[]][] = [
  [1, 1, []],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
]
const hashes = leaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex')))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('a tree has the roots that RFC 6962 gives it', () => {
  expect(hex(rootOf([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(leaves.map((_, at) => hex(rootOf(hashes.slice(0, at + 1))))).toEqual(roots)
})

test.each(inclusion)('the proof of leaf %d in a tree of %d is that of RFC 6962', (index, size, path) => {
  expect(inclusionSpans(index, size).map((span) => hex(spanHash(hashes, span)))).toEqual(path)
})

test.each(consistency)('the proof from a tree of %d to one of %d is that of RFC 6962', (older, newer, path) => {
  expect(consistencySpans(older, newer).map((span) => hex(spanHash(hashes, span)))).toEqual(path)
})

test('there is no proof for a leaf outside of the tree, or from a larger tree to a smaller one', () => {
  for (const [index, size] of [
    [3, 3],
    [-1, 3],
    [0, 0],
  ] as const)
    expect(() => inclusionSpans(index, size)).toThrow(RangeError)
  expect(() => consistencySpans(4, 3)).toThrow(RangeError)
  expect(() => consistencySpans(0, 3)).toThrow(RangeError)
})

test('a tile has one path, and the path names it', () => {
  expect(tilePath({ level: 0, index: 0, width: 256 })).toBe('tile/0/000')
  expect(tilePath({ level: 1, index: 1_234_067, width: 8 })).toBe('tile/1/x001/x234/067.p/8')
  expect(tilePath({ level: 'entries', index: 1000, width: 256 })).toBe('tile/entries/x001/000')
  const tile = fc.record({
    level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
    index: fc.nat(),
    width: fc.integer({ min: 1, max: 256 }),
  })
  fc.assert(fc.property(tile, (one: Tile) => expect(parseTilePath(tilePath(one))).toEqual(one)))
})

test('a path that names no tile, or names it in another way, is refused', () => {
  const wrong =
    'tile/0/1 tile/0/x000/001 tile/00/001 tile/64/001 tile/0/001.p/0 tile/0/001.p/256 tile/0/001.p/01 tile/0/../1 tile/0/001/ /tile/0/001 tile/0/x1/001 tile/-1/001 tile/0/'
  for (const path of wrong.split(' ')) expect([path, parseTilePath(path)]).toEqual([path, undefined])
})

test('a tree has a partial tile at its end and none behind it', () => {
  expect(tileIn(256, 0, 0)).toEqual({ level: 0, index: 0, width: 256 })
  expect(tileIn(300, 0, 1)).toEqual({ level: 0, index: 1, width: 44 })
  expect(tileIn(300, 1, 0)).toEqual({ level: 1, index: 0, width: 1 })
  expect([tileIn(300, 0, 2), tileIn(255, 1, 0), tileIn(0, 0, 0)]).toEqual([undefined, undefined, undefined])
})

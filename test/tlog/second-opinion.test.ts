import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { signCheckpoint } from '../../src/tlog/format/checkpoint.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import {
  bundleBytes,
  hashFromTiles,
  type Tile,
  tileBytes,
  tileHashes,
  tileIn,
  tilePath,
  tileWidth,
} from '../../src/tlog/format/tiles.ts'
import { consistencySpans, type Hash, inclusionSpans, leafHash, rootOf, type Span } from '../../src/tlog/format/tree.ts'
import { runGo } from '../support/go.ts'

/** Enough for tiles of three levels. */
const size = 65_536 + 700
const installTimeout_ms = 300_000
const signer = signerOf(makeSignerKey('restaurant.example/log'))
const program = join(import.meta.dir, 'second-opinion.go')
const dir = mkdtempSync(join(tmpdir(), 'restaurant-points-log-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const put = (path: string, content: Uint8Array | string) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), content)
}
const chunks = <T>(list: readonly T[]) =>
  Array.from({ length: Math.ceil(list.length / tileWidth) }, (_, at) =>
    list.slice(at * tileWidth, (at + 1) * tileWidth),
  )
const readTile = async (tile: Tile) => tileHashes(readFileSync(join(dir, tilePath(tile))))
const pathOf = async (spans: Span[], in_: number) =>
  Promise.all(spans.map(async (span) => Buffer.from(await hashFromTiles(span, in_, readTile)).toString('base64')))

beforeAll(async () => {
  const entries = Array.from({ length: size }, (_, at) => Buffer.from(`entry ${at}`))
  for (const [index, bundle] of chunks(entries).entries())
    put(tilePath({ level: 'entries', index, width: bundle.length }), bundleBytes(bundle))
  let hashes: Hash[] = entries.map(leafHash)
  const root = rootOf(hashes)
  for (let level = 0; hashes.length > 0; level += 1) {
    const tiles = chunks(hashes)
    for (const [index, tile] of tiles.entries()) put(tilePath(tileIn(size, level, index) as Tile), tileBytes(tile))
    hashes = tiles.filter((tile) => tile.length === tileWidth).map(rootOf)
  }
  put('checkpoint', signCheckpoint({ size, root }, signer))
  const inclusion = [0, 255, 256, 65_535, 65_536, size - 1].map(async (index) => ({
    index,
    size,
    path: await pathOf(inclusionSpans(index, size), size),
  }))
  const consistency = [1, 255, 256, 65_536, 65_537, 66_000, size].map(async (older) => ({
    older,
    newer: size,
    path: await pathOf(consistencySpans(older, size), size),
  }))
  put(
    'proofs.json',
    JSON.stringify({ inclusion: await Promise.all(inclusion), consistency: await Promise.all(consistency) }),
  )
})

test(
  'Go’s packages of its own checksum database find our checkpoint, tiles and proofs right',
  async () => {
    expect(await runGo(program, dir, signer.verifierKey)).toEqual({
      exitCode: 0,
      output: `restaurant.example/log is right: ${size} entries\n`,
    })
  },
  installTimeout_ms,
)

test.each(['tile/0/000', 'tile/entries/007', 'checkpoint'])(
  'Go’s packages find a changed byte in %s',
  async (name) => {
    const path = join(dir, name)
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.from(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))))
    const { exitCode } = await runGo(program, dir, signer.verifierKey)
    writeFileSync(path, bytes)
    expect(exitCode).toBe(1)
  },
  installTimeout_ms,
)

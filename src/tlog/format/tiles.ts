/** Tiles of C2SP tlog-tiles: a tree in files of at most 256 hashes each, which never change once they are full. */

import { cutOf, type Hash, nodeHash, rootOf, type Span } from './tree.ts'

export const tileWidth = 256
export const tileHeight = 8
const hashSize = 32
const mostLevels = 63

/** Hashes `index * 256` and on of a level; a tile of level `n` holds the roots of full tiles of level `n - 1`. */
export interface Tile {
  /** `entries` are the leaves themselves, in bundles of 256. */
  level: number | 'entries'
  index: number
  /** 256 for a full tile, less for one that still grows. */
  width: number
}

/** The path of a tile below the log's address, without a slash before it. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [`${index}`.padStart(3 * Math.ceil(`${index}`.length / 3), '0').match(/\d{3}/g) ?? []].flat()
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width < tileWidth ? `.p/${width}` : ''}`
}

const pathPattern = /^tile\/(\d{1,2}|entries)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/

/** The tile that a path names; undefined for a path that names none, or names one in another way than `tilePath`. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level = '', name = '', width] = pathPattern.exec(path) ?? []
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(name.replace(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  }
  const isOne = name !== '' && tile.width >= 1 && (level === 'entries' || Number(level) <= mostLevels)
  return isOne && tilePath(tile) === path ? tile : undefined
}

/** The tile `index` of a level in a tree of `size` leaves; undefined when that tree has none. */
export function tileIn(size: number, level: number, index: number): Tile | undefined {
  const width = Math.min(Math.floor(size / tileWidth ** level) - index * tileWidth, tileWidth)
  return width > 0 ? { level, index, width } : undefined
}

/** Reads the hashes of a tile. */
export type TileReader = (tile: Tile & { level: number }) => Promise<readonly Hash[]>

/**
 * The hash of a span of a log, from the tiles of its tree of `size` leaves.
 * @throws {RangeError} for a span of which the tiles don't have every leaf.
 */
export async function hashFromTiles(span: Span, size: number, read: TileReader): Promise<Hash> {
  const width = span.to - span.from
  const isFull = Number.isInteger(Math.log2(width)) && span.from % width === 0
  if (isFull) return fullHash(span, size, read)
  const cut = cutOf(span)
  const left = await hashFromTiles({ from: span.from, to: cut }, size, read)
  return nodeHash(left, await hashFromTiles({ from: cut, to: span.to }, size, read))
}

async function fullHash({ from, to }: Span, size: number, read: TileReader): Promise<Hash> {
  const level = Math.floor(Math.log2(to - from) / tileHeight)
  const unit = tileWidth ** level
  const first = from / unit
  const tile = tileIn(size, level, Math.floor(first / tileWidth))
  if (!tile) throw new RangeError(`a tree of ${size} has no leaves ${from} to ${to}`)
  const hashes = await read(tile as Tile & { level: number })
  const start = first % tileWidth
  const own = hashes.slice(start, start + (to - from) / unit)
  if (own.length !== (to - from) / unit) throw new RangeError(`${tilePath(tile)} is too short`)
  return rootOf(own)
}

/** The hashes of a tile as they are stored: one after the other. */
export function tileBytes(hashes: readonly Hash[]): Buffer {
  return Buffer.concat(hashes)
}

/** @throws {RangeError} for bytes that are no whole number of hashes. */
export function tileHashes(bytes: Uint8Array): Hash[] {
  if (bytes.length % hashSize !== 0) throw new RangeError(`${bytes.length} bytes are no hashes`)
  return Array.from({ length: bytes.length / hashSize }, (_, at) => bytes.slice(at * hashSize, (at + 1) * hashSize))
}

/** A bundle of entries as it is stored: each after its length in two bytes. */
export function bundleBytes(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

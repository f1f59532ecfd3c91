import type { Database } from '../db/client.ts'
import type { Store } from '../storage/store.ts'
import { entryBytes } from './format/entries.ts'
import { bundleBytes, hashFromTiles, type Tile, tileBytes, tileHashes, tileWidth } from './format/tiles.ts'
import { type Hash, leafHash, type Span } from './format/tree.ts'

/** Tiles of the log: full ones are kept in the store; the database has all of them, for those that still grow. */
export interface Tiles {
  /** The bytes of a tile; undefined when the log is not that long. */
  read(tile: Tile): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Keeps a full tile in the store. */
  keep(tile: Tile): Promise<void>
  /** The hash of a span in the tree of `size` entries. */
  spanHash(span: Span, size: number): Promise<Hash>
}

/** @param keyId names the log's key: another key has tiles of its own */
export function createTiles(database: Database, store: Store, keyId: string): Tiles {
  const read = async (tile: Tile) => {
    const kept = tile.width === tileWidth ? await store.get(keyOf(keyId, tile)) : undefined
    return kept ?? (await fromDatabase(database, tile))
  }
  return {
    read,
    async keep(tile) {
      const bytes = await fromDatabase(database, tile)
      if (!bytes) throw new Error('a full tile is not in the database')
      await store.put(keyOf(keyId, tile), bytes)
    },
    spanHash: (span, size) =>
      hashFromTiles(span, size, async (tile) => tileHashes((await read(tile)) ?? new Uint8Array())),
  }
}

function keyOf(keyId: string, { level, index }: Tile): string {
  return `tlog/${keyId}-${level}-${index}.tile`
}

async function fromDatabase(database: Database, tile: Tile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { level, index, width } = tile
  const from = index * tileWidth
  if (level === 'entries' || level === 0) {
    const found = await database.query<{ leaf_count: number; root: Buffer }>(
      'SELECT leaf_count, root FROM log_entries WHERE log_index >= ? AND log_index < ? ORDER BY log_index',
      [from, from + width],
    )
    if (found.length !== width) return undefined
    const entries = found.map(({ leaf_count, root }) => entryBytes(leaf_count, root))
    return new Uint8Array(level === 0 ? tileBytes(entries.map(leafHash)) : bundleBytes(entries))
  }
  const found = await database.query<{ hash: Buffer }>(
    'SELECT hash FROM log_nodes WHERE level = ? AND node_index >= ? AND node_index < ? ORDER BY node_index',
    [level, from, from + width],
  )
  return found.length === width ? new Uint8Array(tileBytes(found.map(({ hash }) => hash))) : undefined
}

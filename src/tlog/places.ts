import type { Database } from '../db/client.ts'
import { unpackLeaves } from '../till/log-entry.ts'
import type { LeafPlace } from '../verifier/documents.ts'
import { inclusionSpans, leafHash, spanHash } from './format/tree.ts'
import type { Tiles } from './tiles.ts'

/**
 * Where leaves are that one commit left: their paths in the commit, and its path in the log of `size` entries. Undefined
 * while that log does not hold them.
 * @param at the commit's instant
 * @param leaves in hex
 */
export async function findPlaces(
  database: Database,
  tiles: Tiles,
  { at, leaves, size }: { at: Date; leaves: readonly string[]; size: number },
): Promise<LeafPlace[] | undefined> {
  const entries = await database.query<{ log_index: number; leaves: Buffer }>(
    'SELECT log_index, leaves FROM log_entries WHERE created_at = ? AND log_index < ?',
    [at, size],
  )
  for (const { log_index, leaves: packed } of entries) {
    const kept = unpackLeaves(packed).map(({ hash }) => hash)
    const known = new Map(kept.map((hash, index) => [hash.toHex(), index]))
    const found = leaves.flatMap((leaf) => known.get(leaf) ?? [])
    if (found.length !== leaves.length) continue
    const hashes = kept.map(leafHash)
    const spans = inclusionSpans(log_index, size)
    const log_path = (await Promise.all(spans.map((span) => tiles.spanHash(span, size)))).map((hash) => hash.toHex())
    return found.map((leaf_index) => ({
      ...{ leaf_index, leaf_count: kept.length, log_index, log_path },
      leaf_path: inclusionSpans(leaf_index, kept.length).map((span) => spanHash(hashes, span).toHex()),
    }))
  }
  return undefined
}

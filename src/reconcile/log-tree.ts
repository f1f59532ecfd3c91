import type { Database } from '../db/client.ts'
import { entryBytes } from '../tlog/format/entries.ts'
import { emptyFrontier, type Frontier, grow, rootOfFrontier } from '../tlog/format/frontier.ts'
import { leafHash } from '../tlog/format/tree.ts'
import { frontierOf } from '../tlog/seal.ts'
import type { Mismatch } from './checks.ts'

const entriesAtOnce = 1_000

/** Computes the log's tree from its entries, and holds it against the head that was sealed. */
export async function findBrokenTree(database: Database, stop?: AbortSignal): Promise<Mismatch[]> {
  const [head] = await database.query<{ size: number; frontier: Buffer }>('SELECT size, frontier FROM log_head')
  if (!head) return []
  let frontier: Frontier = emptyFrontier
  for (;;) {
    stop?.throwIfAborted()
    const entries = await database.query<{ leaf_count: number; root: Buffer }>(
      `SELECT leaf_count, root FROM log_entries WHERE log_index >= ? ORDER BY log_index LIMIT ${entriesAtOnce}`,
      [frontier.size],
    )
    if (entries.length === 0 || frontier.size >= head.size) break
    const hashes = entries.map(({ leaf_count, root }) => leafHash(entryBytes(leaf_count, root)))
    frontier = grow(frontier, hashes.slice(0, head.size - frontier.size)).frontier
  }
  const isRight =
    frontier.size === head.size && rootOfFrontier(frontier).toHex() === rootOfFrontier(frontierOf(head)).toHex()
  if (isRight) return []
  return [{ check: 'the entries make up the log that was sealed', id: 'log', details: { size: head.size } }]
}

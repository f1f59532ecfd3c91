import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { type Leaf, unpackLeaves } from '../till/log-entry.ts'
import { entryRoot } from '../tlog/format/entries.ts'

/** An entry as its commit left it. */
export interface Entry {
  entry_id: number
  leaf_count: number
  root: Buffer
  leaves: Buffer
}

const entriesAtOnce = 100

/**
 * Every entry that is there when this begins, page by page, in the order of the ids. Some that are
 * committed meanwhile may be among them: a late one has a lower id.
 * @throws `stop`'s reason once it is aborted
 */
export async function* pagesOf(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): AsyncGenerator<Entry[]> {
  const [ends] = await database.query<{ first: number; last: number }>(
    'SELECT COALESCE(MIN(entry_id), 0) AS first, COALESCE(MAX(entry_id), 0) AS last FROM log_entries',
  )
  const { first, last } = ends ?? { first: 0, last: 0 }
  // A log that was begun anew has its first entry below 0.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    stop?.throwIfAborted()
    const page = await database.query<Entry>(
      `SELECT entry_id, leaf_count, root, leaves FROM log_entries
        WHERE entry_id > ? AND entry_id <= ? ORDER BY entry_id LIMIT ${entriesAtOnce}`,
      [after, last],
    )
    const reached = page.at(-1)
    if (!reached) return
    yield page
    after = reached.entry_id
    progress('entries of the log', after - first + 1, last - first + 1)
  }
}

/** Every leaf of the log, page by page. */
export async function* leavesOf(database: Database, stop?: AbortSignal): AsyncGenerator<Leaf[]> {
  for await (const entries of pagesOf(database, stop)) yield entries.flatMap((entry) => leavesIn(entry) ?? [])
}

/** The leaves of an entry; undefined when they are not those that its root stands for. */
export function leavesIn({ leaf_count, root, leaves }: Entry): Leaf[] | undefined {
  try {
    const kept = unpackLeaves(leaves)
    const isRight = kept.length === leaf_count && entryRoot(kept.map(({ hash }) => hash)).toHex() === root.toHex()
    return isRight ? kept : undefined
  } catch {
    // Cut short.
    return undefined
  }
}

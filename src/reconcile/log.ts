import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { type Leaf, unpackLeaves } from '../till/log-entry.ts'
import { entryBytes, entryRoot } from '../tlog/format/entries.ts'
import { emptyFrontier, type Frontier, grow, rootOfFrontier } from '../tlog/format/frontier.ts'
import { leafHash } from '../tlog/format/tree.ts'
import { frontierOf } from '../tlog/seal.ts'
import type { Mismatch } from './checks.ts'
import { digestOf, type Genesis, genesisLeaf, readGenesis } from './genesis.ts'
import { everyLoggedTable } from './logged-openings.ts'
import type { LoggedTable } from './logged-rows.ts'
import { createStateComparison } from './states.ts'

interface EntryRow {
  entry_id: number
  leaf_count: number
  root: Buffer
  leaves: Buffer
  log_index: number | null
}

const entriesAtOnce = 100
const notLogged = 'a row is in the log'
const mismatch = (check: string, id: string, details: Record<string, unknown> = {}): Mismatch => ({
  check,
  id,
  details,
})

/**
 * Every row that is not as the log says: changed, deleted or inserted since the log began, and every entry that is not as
 * it was sealed. Empty when all is well, and where no log has begun: until then replicas of an earlier version may write
 * rows without leaves.
 * @throws `stop`'s reason once it is aborted
 */
export async function findLogMismatches(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  const genesis = await readGenesis(database)
  if (!genesis) return []
  const found = await compareWithLog(database, genesis, stop, progress)
  return genesis.digest === null ? found.filter((mismatch) => !isUnlogged(mismatch)) : found
}

/** The same, with the rows that have no leaf, whether the log has begun or not. */
export async function compareWithLog(
  database: Database,
  genesis: Genesis,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  const found: Mismatch[] = []
  const counts = new Map(everyLoggedTable.map(({ kind }) => [kind, new Map<string, number>()]))
  const seen = new Set<string>()
  let open = Number.NEGATIVE_INFINITY
  const states = await createStateComparison(database)
  const openAt = new WeakMap<Leaf, number>()
  for await (const entries of pagesOf(database, progress)) {
    stop?.throwIfAborted()
    const leaves = entries.flatMap((entry) => leavesIn(entry, found))
    for (const leaf of leaves) {
      if (leaf.label === 'genesis') seen.add(leaf.hash.toHex())
      open = Math.max(open, epochIn(leaf) ?? open)
      openAt.set(leaf, open)
    }
    await states.add(leaves)
    for (const table of everyLoggedTable) {
      const own = leaves.filter(({ label }) => label.startsWith(`${table.kind} `))
      if (own.length > 0) found.push(...(await compare(database, table, own, { genesis, counts, openAt })))
    }
  }
  for (const table of everyLoggedTable) {
    const logged = counts.get(table.kind)
    for (const [group, rows] of await table.count(database, genesis)) {
      const inserted = rows - (logged?.get(group) ?? 0)
      if (inserted > 0) found.push(mismatch(notLogged, `${table.kind} ${group}`, { inserted }))
    }
  }
  if (genesis.digest !== null) {
    found.push(...(await states.mismatches()))
    if (!(await isGenesisRight(database, genesis, seen)))
      found.push(mismatch('older balances and stocks are as the log says', 'genesis'))
  }
  return [...found, ...(await findBrokenTree(database, stop))]
}

/** True of rows that have no leaf; `id` names their kind and their group. */
export function isUnlogged({ check }: Mismatch): boolean {
  return check === notLogged
}

/** Every leaf of the log, page by page. */
export async function* leavesOf(database: Database): AsyncGenerator<Leaf[]> {
  for await (const entries of pagesOf(database)) yield entries.flatMap((entry) => leavesIn(entry, []))
}

async function* pagesOf(database: Database, progress: Progress = unwatched): AsyncGenerator<EntryRow[]> {
  const [ends] = await database.query<{ first: number; last: number }>(
    'SELECT COALESCE(MIN(entry_id), 0) AS first, COALESCE(MAX(entry_id), 0) AS last FROM log_entries',
  )
  const { first, last } = ends ?? { first: 0, last: 0 }
  // A log that was begun anew has its first entry below 0.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await database.query<EntryRow>(
      `SELECT entry_id, leaf_count, root, leaves, log_index FROM log_entries
        WHERE entry_id > ? ORDER BY entry_id LIMIT ${entriesAtOnce}`,
      [after],
    )
    const reached = page.at(-1)
    if (!reached) return
    yield page
    after = reached.entry_id
    progress('entries of the log', Math.min(after, last) - first + 1, last - first + 1)
  }
}

/** The leaves of an entry, if they are those that its root stands for. */
function leavesIn({ entry_id, leaf_count, root, leaves }: EntryRow, found: Mismatch[]): Leaf[] {
  try {
    const kept = unpackLeaves(leaves)
    const isRight = kept.length === leaf_count && entryRoot(kept.map(({ hash }) => hash)).toHex() === root.toHex()
    if (isRight) return kept
  } catch {
    // Cut short: said below.
  }
  found.push(mismatch('an entry has the leaves of its root', `entry ${entry_id}`))
  return []
}

interface Comparison {
  genesis: Genesis
  /** How many rows had their leaf, by kind and group. */
  counts: Map<string, Map<string, number>>
  /** The latest epoch that the log had opened when it got a leaf: entries that came later have higher ids. */
  openAt: WeakMap<Leaf, number>
}

/** Holds leaves against the rows that they are of. */
async function compare(
  database: Database,
  table: LoggedTable,
  leaves: readonly Leaf[],
  { genesis, counts, openAt }: Comparison,
): Promise<Mismatch[]> {
  const rows = await table.find(
    database,
    leaves.map(({ label }) => label),
  )
  const byHash = new Map(rows.map((row) => [row.leaf.hash.toHex(), row]))
  const labels = new Set(rows.map(({ leaf }) => leaf.label))
  const groups = counts.get(table.kind)
  return leaves.flatMap((leaf) => {
    const { label, hash } = leaf
    const row = byHash.get(hash.toHex())
    const group = table.groupOf(label)
    // A changed row was named; it is not an inserted one as well.
    if (!row?.isOlder(genesis) && (row || labels.has(label))) groups?.set(group, (groups.get(group) ?? 0) + 1)
    if (row?.epoch !== undefined && row.epoch < (openAt.get(leaf) ?? row.epoch))
      return [mismatch('a draw is of the epoch that was open', label, { epoch: row.epoch, open: openAt.get(leaf) })]
    if (row) return []
    const what = labels.has(label) ? 'a row is as it was logged' : 'a row that was logged is there'
    return [mismatch(what, label)]
  })
}

/** The epoch that a leaf opens. */
function epochIn({ label }: Leaf): number | undefined {
  return label.startsWith('epoch ') ? Number(label.slice('epoch '.length)) : undefined
}

async function isGenesisRight(database: Database, genesis: Genesis, seen: ReadonlySet<string>): Promise<boolean> {
  const digest = await digestOf(database, genesis)
  return digest === genesis.digest && seen.has(genesisLeaf({ ...genesis, digest }).hash.toHex())
}

/** Computes the log's tree from its entries, and holds it against the head that was sealed. */
async function findBrokenTree(database: Database, stop?: AbortSignal): Promise<Mismatch[]> {
  const [head] = await database.query<{ size: number; frontier: Buffer }>('SELECT size, frontier FROM log_head')
  if (!head) return []
  let frontier: Frontier = emptyFrontier
  for (;;) {
    stop?.throwIfAborted()
    const entries = await database.query<EntryRow>(
      `SELECT entry_id, leaf_count, root, log_index FROM log_entries
        WHERE log_index >= ? ORDER BY log_index LIMIT ${entriesAtOnce}`,
      [frontier.size],
    )
    if (entries.length === 0 || frontier.size >= head.size) break
    const hashes = entries.map(({ leaf_count, root }) => leafHash(entryBytes(leaf_count, root)))
    frontier = grow(frontier, hashes.slice(0, head.size - frontier.size)).frontier
  }
  const isRight =
    frontier.size === head.size && rootOfFrontier(frontier).toHex() === rootOfFrontier(frontierOf(head)).toHex()
  return isRight ? [] : [mismatch('the entries make up the log that was sealed', 'log', { size: head.size })]
}

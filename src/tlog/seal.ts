import { lockOrder } from '../lock-order.ts'
import type { Operation } from '../till/operation.ts'
import { rows, type TableMapping } from '../till/table-mapping.ts'
import { entryBytes } from './format/entries.ts'
import { emptyFrontier, type Frontier, grow } from './format/frontier.ts'
import { tileHashes, tileHeight } from './format/tiles.ts'
import { leafHash } from './format/tree.ts'
import { logHalts, logHead, logNodes, onlyLog } from './schema.ts'

/** Entries that one commit seals. */
export const sealedAtOnce = 1_000

/** Entries that have no place in the log yet. */
interface Pending {
  log_id: number
  entries: readonly { entry_id: number; leaf_count: number; root: Buffer }[]
  /** The place of the first of them, once they have places. */
  first_index: number | null
}

/** Read while the head is locked, so that nobody else gives them places. A late commit with a lower id is simply next. */
const pending: TableMapping<Pending, 'first_index'> = {
  name: 'pending entries',
  rank: lockOrder.logEntries,
  updates: ['first_index'],
  keyOf: ({ log_id }) => [log_id],
  async load(tx) {
    const entries = await tx.query<Pending['entries'][number]>(
      `SELECT entry_id, leaf_count, root FROM log_entries FORCE INDEX (log_entries_index)
        WHERE log_index IS NULL ORDER BY entry_id LIMIT ${sealedAtOnce}`,
    )
    return [{ log_id: onlyLog, entries, first_index: null }]
  },
  update(tx, [row]) {
    if (!row || row.first_index === null || row.entries.length === 0) return
    const { entries, first_index } = row
    const places = entries.flatMap(({ entry_id }, at) => [entry_id, first_index + at])
    const ids = entries.map(({ entry_id }) => entry_id)
    const cases = entries.map(() => 'WHEN ? THEN ?').join(' ')
    tx.later(`UPDATE log_entries SET log_index = CASE entry_id ${cases} END WHERE entry_id IN (?)`, [...places, ids])
  },
  insert() {},
  async create() {
    return []
  },
  remove() {},
}

export interface Sealing {
  /** The key that signs for the log, as others know it. */
  verifierKey: string
}

export interface Sealed {
  size: number
  /** How many entries got their places. */
  sealed: number
}

/** Gives the entries that have none their places in the log. Two sealers at once give each place once. */
export const seal: Operation<Sealing, Sealed> = {
  name: 'seal_log',
  laneKey: () => 'log',
  needs: () => [rows(logHead, onlyLog), rows(logHalts, onlyLog), rows(pending, onlyLog)],
  decide(unit, { verifierKey }) {
    const head = unit.get(logHead, [onlyLog])
    const found = unit.get(pending, [onlyLog])
    const isHalted = unit.find(logHalts, [onlyLog]) !== undefined
    if (isHalted || (head.verifier_key ?? verifierKey) !== verifierKey) return { size: head.size, sealed: 0 }
    const hashes = found.entries.map(({ leaf_count, root }) => leafHash(entryBytes(leaf_count, root)))
    if (hashes.length === 0) return { size: head.size, sealed: 0 }
    const { frontier, completed } = grow(frontierOf(head), hashes)
    unit.update(pending, found, { first_index: head.size })
    for (const { level, index, root } of completed) {
      if (level === 0 || level % tileHeight !== 0) continue
      unit.append(logNodes, { level: level / tileHeight, node_index: index, hash: Buffer.from(root).toString('hex') })
    }
    const { size, roots } = frontier
    unit.update(logHead, head, {
      verifier_key: verifierKey,
      size,
      frontier: Buffer.concat(roots),
      updated_at: unit.now,
    })
    return { size, sealed: hashes.length }
  },
}

/** Stops sealing and draws: what was published under a key, where one is given, does not agree with the database. */
export const haltLog: Operation<{ why: string; verifierKey?: string }, { halted: boolean }> = {
  name: 'halt_log',
  laneKey: () => 'log',
  needs: () => [rows(logHead, onlyLog), rows(logHalts, onlyLog)],
  decide(unit, { why, verifierKey }) {
    const { verifier_key } = unit.get(logHead, [onlyLog])
    // A log that has begun anew meanwhile is not the one that was published.
    const isAnother = verifierKey !== undefined && (verifier_key ?? verifierKey) !== verifierKey
    if (isAnother || unit.find(logHalts, [onlyLog])) return { halted: false }
    unit.append(logHalts, { log_id: onlyLog, why, halted_at: unit.now })
    return { halted: true }
  },
}

export function frontierOf({ size, frontier }: { size: number; frontier: Uint8Array }): Frontier {
  return size === 0 ? emptyFrontier : { size, roots: tileHashes(frontier) }
}

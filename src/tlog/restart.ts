import type { Database } from '../db/client.ts'
import { lockOrder } from '../lock-order.ts'
import { packLeaves } from '../till/log-entry.ts'
import type { Operation } from '../till/operation.ts'
import { rows, type TableMapping } from '../till/table-mapping.ts'
import type { Till } from '../till/till.ts'
import { CanonicalBytes } from './format/bytes.ts'
import type { TreeHead } from './format/checkpoint.ts'
import { entryRoot } from './format/entries.ts'
import { rootOfFrontier } from './format/frontier.ts'
import { sha256 } from './format/tree.ts'
import { logHalts, logHead, onlyLog } from './schema.ts'
import { frontierOf, haltLog } from './seal.ts'

/** The entry that a new log begins with. */
interface FirstEntry {
  log_id: number
  /** The bytes of its leaf, once it has one. */
  leaf: Buffer | null
  at: Date
}

/** It comes before every other entry, whatever their ids are. */
const firstEntry: TableMapping<FirstEntry, 'leaf' | 'at'> = {
  name: 'first entry',
  rank: lockOrder.logEntries,
  updates: ['leaf', 'at'],
  keyOf: ({ log_id }) => [log_id],
  load: async () => [{ log_id: onlyLog, leaf: null, at: new Date(0) }],
  async update(tx, [row]) {
    if (!row?.leaf) return
    const hash = sha256(row.leaf)
    const [lowest] = await tx.query<{ id: number }>(
      'SELECT LEAST(COALESCE(MIN(entry_id), 0), 0) - 1 AS id FROM log_entries',
    )
    tx.later('INSERT INTO log_entries (entry_id, leaf_count, root, leaves, created_at) VALUES (?, 1, ?, ?, ?)', [
      lowest?.id ?? -1,
      Buffer.from(entryRoot([hash])),
      packLeaves([{ label: 'old head', hash }]),
      row.at,
    ])
  },
  insert() {},
  async create() {
    return []
  },
  remove() {},
}

/** Drops the halt; `remove` is the only change that its rows know. */
const halts: TableMapping<{ log_id: number; isOver: boolean }, 'isOver'> = {
  name: logHalts.name,
  rank: lockOrder.logHalts,
  updates: ['isOver'],
  keyOf: ({ log_id }) => [log_id],
  load: async () => [{ log_id: onlyLog, isOver: false }],
  update(tx) {
    tx.later('DELETE FROM log_halts WHERE log_id = ?', [onlyLog])
  },
  insert() {},
  async create() {
    return []
  },
  remove() {},
}

const restart: Operation<{ verifierKey: string }, TreeHead> = {
  name: 'restart_log',
  laneKey: () => 'log',
  needs: () => [rows(logHead, onlyLog), rows(halts, onlyLog), rows(firstEntry, onlyLog)],
  decide(unit, { verifierKey }) {
    const head = unit.get(logHead, [onlyLog])
    // The row changes in place.
    const { size } = head
    const root = rootOfFrontier(frontierOf(head))
    const leaf = new CanonicalBytes('rp-leaf/old-head/1')
      .text(head.verifier_key ?? '')
      .u64(size)
      .bytes(root)
    unit.update(firstEntry, unit.get(firstEntry, [onlyLog]), { leaf: leaf.done(), at: unit.now })
    unit.update(halts, unit.get(halts, [onlyLog]), { isOver: true })
    const empty = { verifier_key: verifierKey, size: 0, frontier: Buffer.alloc(0), updated_at: unit.now }
    unit.update(logHead, head, empty)
    return { size, root }
  },
}

const entriesAtOnce = 5_000

/**
 * Begins a new log, for a new key, after a database was set back: its first entry holds the head of the old one, and all
 * entries get new places after it. Nothing is sealed meanwhile. It may be run again when it was cut short. Returns the
 * head of the old log.
 * @param verifierKey the new key, as others know it; a replica that still has the old one seals nothing from then on
 */
export async function restartLog(
  { database, till }: { database: Database; till: Till },
  verifierKey: string,
): Promise<TreeHead> {
  await till.run(haltLog, { why: 'restart' })
  for (;;) {
    const done = await database.query<unknown>(
      `UPDATE log_entries SET log_index = NULL WHERE log_index IS NOT NULL LIMIT ${entriesAtOnce}`,
    )
    if ((done as unknown as { affectedRows: number }).affectedRows === 0) break
  }
  await database.query('DELETE FROM log_nodes')
  return (await till.run(restart, { verifierKey })).answer
}

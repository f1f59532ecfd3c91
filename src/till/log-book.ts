import { randomBytes } from 'node:crypto'
import type { Transaction } from '../db/transact.ts'
import { entryRoot } from '../tlog/format/entries.ts'
import { type Leaf, packLeaves } from './log-entry.ts'
import type { TableMapping } from './table-mapping.ts'

const saltSize = 16

/** What a batch tells the log: leaves of rows, as they are when the batch is saved, and leaves of what is no row. */
export class LogBook {
  #rows = new Map<TableMapping, Set<object>>()
  #leaves: Leaf[] = []

  get hasLeaves(): boolean {
    return this.#leaves.length > 0
  }

  /** Notes that a row was added or changed. Returns what undoes it. */
  note(mapping: TableMapping, row: object): () => void {
    const rows = this.#rows.get(mapping) ?? new Set<object>()
    if (rows.has(row)) return () => {}
    this.#rows.set(mapping, rows.add(row))
    return () => rows.delete(row)
  }

  /** Adds a leaf. Returns what undoes it, if that is done in reverse order. */
  add(leaf: Leaf): () => void {
    this.#leaves.push(leaf)
    return () => this.#leaves.pop()
  }

  /** Gives each noted row that needs one a salt of its own. */
  salt(): void {
    for (const [{ logged }, rows] of this.#rows) {
      const column = logged?.salt
      if (column === undefined) continue
      const salts = randomBytes(saltSize * rows.size).toString('hex')
      for (const [at, row] of [...rows].entries())
        Object.assign(row, { [column]: salts.slice(2 * saltSize * at, 2 * saltSize * (at + 1)) })
    }
  }

  /** Writes the entry of the commit: one row, whatever the commit did. Without leaves there is nothing to say. */
  write(tx: Transaction, now: Date): void {
    const leaves: Leaf[] = []
    for (const [{ logged }, rows] of this.#rows) if (logged) for (const row of rows) leaves.push(logged.leafOf(row))
    leaves.push(...this.#leaves)
    if (leaves.length === 0) return
    tx.later('INSERT INTO log_entries (leaf_count, root, leaves, created_at) VALUES (?, ?, ?, ?)', [
      leaves.length,
      Buffer.from(entryRoot(leaves.map(({ hash }) => hash))),
      packLeaves(leaves),
      now,
    ])
  }
}

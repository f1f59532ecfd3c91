import type { Database } from '../db/client.ts'
import type { Leaf } from '../till/log-entry.ts'
import type { Genesis } from './genesis.ts'
import { leavesOf } from './log-walk.ts'
import { type LoggedTable, leavesOfGroup } from './logged-table.ts'

/** Rows of one table that are counted together. */
export interface Group {
  table: LoggedTable
  name: string
  /** Rows beyond are not looked at. */
  upTo?: number | undefined
}

/**
 * The leaves that rows of these groups should have and that the log doesn't. The rows are read first: the leaf of each
 * is committed with it, so it is there when the log is gone through. A row that was changed has another leaf in the log,
 * and is none of these.
 * @throws `stop`'s reason once it is aborted
 */
export async function findWithoutLeaf(
  database: Database,
  genesis: Genesis,
  groups: readonly Group[],
  stop?: AbortSignal,
): Promise<{ group: Group; leaves: Leaf[] }[]> {
  if (groups.length === 0) return []
  const found: { group: Group; leaves: Leaf[] }[] = []
  for (const group of groups) found.push({ group, leaves: await leavesOfGroup(database, group.table, genesis, group) })
  const leaves = found.flatMap((one) => one.leaves)
  const hashes = new Set(leaves.map(({ hash }) => hash.toHex()))
  const labels = new Set(leaves.map(({ label }) => label))
  const missing = new Set(hashes)
  const changed = new Map<string, number>()
  for await (const page of leavesOf(database, stop)) {
    for (const { label, hash } of page) {
      missing.delete(hash.toHex())
      if (labels.has(label) && !hashes.has(hash.toHex())) changed.set(label, (changed.get(label) ?? 0) + 1)
    }
  }
  const isMissing = ({ label, hash }: Leaf) => {
    if (!missing.has(hash.toHex())) return false
    const left = changed.get(label) ?? 0
    changed.set(label, left - 1)
    return left <= 0
  }
  return found.map(({ group, leaves }) => ({ group, leaves: leaves.filter(isMissing) }))
}

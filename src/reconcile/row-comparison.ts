import type { Database } from '../db/client.ts'
import type { Leaf } from '../till/log-entry.ts'
import type { Mismatch } from './checks.ts'
import type { Genesis } from './genesis.ts'
import { everyLoggedTable } from './logged-openings.ts'
import { countRows, isOlder, type LoggedTable, reachOf } from './logged-table.ts'
import { findWithoutLeaf, type Group } from './without-leaf.ts'

const notLogged = 'a row is in the log'
const groupsAtOnce = 200

interface Counted {
  table: LoggedTable
  /** How far each group went before the log was gone through. */
  reach: ReadonlyMap<string, number>
  /** How many rows up to there have their leaf, by group. */
  logged: Map<string, number>
}

/** True of rows that have no leaf; `id` names their kind and their group. */
export function isUnlogged({ check }: Mismatch): boolean {
  return check === notLogged
}

/** Holds the log's leaves against the rows that they are of, page by page, and then the rows against the leaves. */
export async function createRowComparison(database: Database, genesis: Genesis) {
  const every: Counted[] = await Promise.all(
    everyLoggedTable.map(async (table) => ({ table, reach: await reachOf(database, table), logged: new Map() })),
  )
  /** The latest epoch that the log had opened when it got a leaf: entries that came later have higher ids. */
  let open = Number.NEGATIVE_INFINITY

  const hold = async ({ table, reach, logged }: Counted, own: readonly Leaf[], openAt: ReadonlyMap<Leaf, number>) => {
    const labels = own.map(({ label }) => label)
    const found = await table.rowsOf(database, labels)
    const leaves = await table.leavesOf(database, found)
    const rows = leaves.map((leaf, at) => ({ leaf, row: found[at] ?? {} }))
    const byHash = new Map(rows.map(({ leaf, row }) => [leaf.hash.toHex(), row]))
    const byLabel = new Map(rows.map(({ leaf, row }) => [leaf.label, row]))
    return own.flatMap((leaf): Mismatch[] => {
      const { label, hash } = leaf
      const same = byHash.get(hash.toHex())
      const row = same ?? byLabel.get(label)
      const group = table.groupOf(label)
      // A changed row was named; it is not an inserted one as well.
      if (row && !isOlder(table, row, genesis) && Number(row[table.place]) <= (reach.get(group) ?? -1))
        logged.set(group, (logged.get(group) ?? 0) + 1)
      const epoch = same && table.epochOf?.(same)
      const opened = openAt.get(leaf) ?? open
      if (epoch !== undefined && epoch < opened)
        return [{ check: 'a draw is of the epoch that was open', id: label, details: { epoch, open: opened } }]
      if (same) return []
      return [{ check: row ? 'a row is as it was logged' : 'a row that was logged is there', id: label, details: {} }]
    })
  }

  /** The groups with more rows than leaves. Those that have grown meanwhile are counted again, as far as they went. */
  const suspects = async ({ table, reach, logged }: Counted): Promise<Group[]> => {
    const isShort = ([name, rows]: [string, number]) => rows > (logged.get(name) ?? 0)
    const short = [...(await countRows(database, table, genesis))].filter(isShort)
    const upTo = short.flatMap(([name]) => {
      const last = reach.get(name)
      return last === undefined ? [] : [[name, last] as const]
    })
    const found: Group[] = []
    for (let at = 0; at < upTo.length; at += groupsAtOnce) {
      const some = upTo.slice(at, at + groupsAtOnce)
      for (const [name] of [...(await countRows(database, table, genesis, some))].filter(isShort))
        found.push({ table, name, upTo: reach.get(name) })
    }
    return found
  }

  return {
    async add(leaves: readonly Leaf[]): Promise<Mismatch[]> {
      const openAt = new Map<Leaf, number>()
      for (const leaf of leaves) {
        open = Math.max(open, epochIn(leaf) ?? open)
        openAt.set(leaf, open)
      }
      const found: Mismatch[] = []
      for (const counted of every) {
        const own = leaves.filter(({ label }) => label.startsWith(`${counted.table.kind} `))
        if (own.length > 0) found.push(...(await hold(counted, own, openAt)))
      }
      return found
    },
    /** The rows that were there before the log was gone through and have no leaf, asked once it was. */
    async unlogged(stop?: AbortSignal): Promise<Mismatch[]> {
      const groups: Group[] = []
      for (const counted of every) groups.push(...(await suspects(counted)))
      const found = await findWithoutLeaf(database, genesis, groups, stop)
      return found.flatMap(({ group: { table, name }, leaves }) =>
        leaves.length === 0
          ? []
          : [{ check: notLogged, id: `${table.kind} ${name}`, details: { inserted: leaves.length } }],
      )
    },
  }
}

/** The epoch that a leaf opens. */
function epochIn({ label }: Leaf): number | undefined {
  return label.startsWith('epoch ') ? Number(label.slice('epoch '.length)) : undefined
}

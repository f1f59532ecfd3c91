import type { Database } from '../db/client.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Leaf } from '../till/log-entry.ts'
import type { Operation } from '../till/operation.ts'
import type { Till } from '../till/till.ts'
import { readGenesis } from './genesis.ts'
import { findLogMismatches, isUnlogged, leavesOf } from './log.ts'
import { everyLoggedTable } from './logged-openings.ts'

const rowsAtOnce = 1_000
/** How many rows the audit log names of one command. */
const mostNamed = 100

/** The leaves of rows that have none in the log: a program of an earlier version wrote them, or somebody by hand. */
export async function findUnlogged(database: Database): Promise<Leaf[]> {
  const genesis = await readGenesis(database)
  const groups = (await findLogMismatches(database)).filter(isUnlogged).map(({ id }) => id)
  if (!genesis || groups.length === 0) return []
  const leaves = await Promise.all(
    everyLoggedTable.flatMap(({ kind, since }) =>
      groups
        .filter((group) => group.startsWith(`${kind} `))
        .map((group) => since(database, genesis, group.slice(kind.length + 1))),
    ),
  )
  const unlogged = new Map(leaves.flat().map((leaf) => [leaf.hash.toHex(), leaf]))
  for await (const page of leavesOf(database)) for (const { hash } of page) unlogged.delete(hash.toHex())
  return [...unlogged.values()]
}

const adoptRows: Operation<{ leaves: readonly Leaf[]; actor: Actor }, object> = {
  name: 'adopt_rows',
  laneKey: () => 'log',
  needs: () => [],
  decide(unit, { leaves, actor }) {
    for (const leaf of leaves) unit.log(leaf)
    const labels = leaves.slice(0, mostNamed).map(({ label }) => label)
    audit(unit, actor, { action: 'log.adopt', target: 'log', details: { rows: leaves.length, labels } })
    return {}
  },
}

/** Takes rows into the log as they are, on an operator's word. */
export async function adopt(till: Till, leaves: readonly Leaf[], actor: Actor): Promise<void> {
  for (let from = 0; from < leaves.length; from += rowsAtOnce)
    await till.run(adoptRows, { leaves: leaves.slice(from, from + rowsAtOnce), actor })
}

import type { Database } from '../db/client.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Leaf } from '../till/log-entry.ts'
import type { Operation } from '../till/operation.ts'
import type { Till } from '../till/till.ts'
import { readGenesis } from './genesis.ts'
import { findLogMismatches } from './log.ts'
import { everyLoggedTable } from './logged-openings.ts'
import { second } from './logged-table.ts'
import { isUnlogged } from './row-comparison.ts'
import { findWithoutLeaf } from './without-leaf.ts'

const rowsAtOnce = 1_000
/** How many rows the audit log names of one command. */
const mostNamed = 100

/** The leaves of rows that have none in the log: a program of an earlier version wrote them, or somebody by hand. */
export async function findUnlogged(database: Database): Promise<Leaf[]> {
  const genesis = await readGenesis(database)
  if (!genesis) return []
  const ids = (await findLogMismatches(database)).filter(isUnlogged).map(({ id }) => id)
  const groups = everyLoggedTable.flatMap((table) =>
    ids.filter((id) => id.startsWith(`${table.kind} `)).map((id) => ({ table, name: second(id) })),
  )
  return (await findWithoutLeaf(database, genesis, groups)).flatMap(({ leaves }) => leaves)
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

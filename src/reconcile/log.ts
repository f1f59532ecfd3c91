import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import type { Mismatch } from './checks.ts'
import { digestOf, type Genesis, genesisLeaf, readGenesis } from './genesis.ts'
import { findBrokenTree } from './log-tree.ts'
import { leavesIn, pagesOf } from './log-walk.ts'
import { createRowComparison, isUnlogged } from './row-comparison.ts'
import { createStateComparison } from './states.ts'

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
  const seen = new Set<string>()
  const rows = await createRowComparison(database, genesis)
  const states = await createStateComparison(database)
  for await (const entries of pagesOf(database, stop, progress)) {
    const leaves = entries.flatMap((entry) => {
      const kept = leavesIn(entry)
      if (!kept)
        found.push({ ...{ check: 'an entry has the leaves of its root', id: `entry ${entry.entry_id}` }, details: {} })
      return kept ?? []
    })
    for (const { label, hash } of leaves) if (label === 'genesis') seen.add(hash.toHex())
    states.add(leaves)
    found.push(...(await rows.add(leaves)))
  }
  found.push(...(await rows.unlogged(stop)))
  if (genesis.digest !== null) {
    found.push(...(await states.mismatches(stop)))
    if (!(await isGenesisRight(database, genesis, seen)))
      found.push({ check: 'older balances and stocks are as the log says', id: 'genesis', details: {} })
  }
  return [...found, ...(await findBrokenTree(database, stop))]
}

async function isGenesisRight(database: Database, genesis: Genesis, seen: ReadonlySet<string>): Promise<boolean> {
  const digest = await digestOf(database, genesis)
  return digest === genesis.digest && seen.has(genesisLeaf({ ...genesis, digest }).hash.toHex())
}

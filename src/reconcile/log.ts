import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { createChainComparison } from './chains.ts'
import type { Mismatch } from './checks.ts'
import { beginningsIn, digestOf, type Genesis, genesisLeaf, readBeginnings, readGenesis } from './genesis.ts'
import { findBrokenTree } from './log-tree.ts'
import { leavesIn, pagesOf } from './log-walk.ts'
import { createRowComparison, isUnlogged } from './row-comparison.ts'
import { theGenesis } from './schema.ts'
import { createStateComparison } from './states.ts'

/** Every row counts as older: nobody knows which are. */
const unknownGenesis: Genesis = {
  genesis_id: theGenesis,
  last_ledger_id: Number.MAX_SAFE_INTEGER,
  last_stock_id: Number.MAX_SAFE_INTEGER,
  last_audit_id: Number.MAX_SAFE_INTEGER,
  noted_at: new Date(0),
  digest: null,
}

/**
 * Every row that is not as the log says: changed, deleted or inserted since the log began, and every entry that is not
 * as it was sealed. Empty when all is well, and where no log has begun: until then replicas of an earlier version may
 * write rows without leaves.
 * @throws `stop`'s reason once it is aborted
 */
export async function findLogMismatches(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  const genesis = await readGenesis(database)
  if (!genesis && (await readBeginnings(database)).length === 0) return []
  const { found, hasBegun } = await compareWithLog(database, genesis, stop, progress)
  return hasBegun ? found : found.filter((mismatch) => !isUnlogged(mismatch))
}

/** The same, with the rows that have no leaf, whether the log has begun or not. */
export async function compareWithLog(
  database: Database,
  genesis: Genesis | undefined,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<{ found: Mismatch[]; hasBegun: boolean }> {
  const found: Mismatch[] = []
  const beginnings: string[] = []
  const rows = await createRowComparison(database, genesis ?? unknownGenesis)
  const states = await createStateComparison(database)
  const chains = await createChainComparison(database)
  for await (const entries of pagesOf(database, stop, progress)) {
    const leaves = entries.flatMap((entry) => {
      const kept = leavesIn(entry)
      if (!kept)
        found.push({ check: 'an entry has the leaves of its root', id: `entry ${entry.entry_id}`, details: {} })
      return kept ?? []
    })
    beginnings.push(...beginningsIn(leaves))
    states.add(leaves)
    chains.add(leaves)
    found.push(...(await rows.add(leaves)))
  }
  found.push(...(await rows.unlogged(stop)), ...(await chains.mismatches()))
  // The row alone may be forgotten or changed by hand: the log itself says that it has begun.
  const hasBegun = beginnings.length > 0 || (genesis?.digest ?? null) !== null
  if (hasBegun) {
    found.push(...(await states.mismatches(stop)))
    found.push(...(await compareBeginning(database, genesis, beginnings)))
  }
  return { found: [...found, ...(await findBrokenTree(database, stop))], hasBegun }
}

/** Holds the row that says where the log began against the log, and the rows that are older against that row. */
async function compareBeginning(
  database: Database,
  genesis: Genesis | undefined,
  [first, ...others]: readonly string[],
): Promise<Mismatch[]> {
  // It may have begun while the log was gone through.
  const row = (genesis?.digest ?? null) === null ? await readGenesis(database) : genesis
  const wrong = (details: Mismatch['details']) => ({
    check: 'the log began once, as its row says',
    id: 'genesis',
    details,
  })
  if (!row) return [wrong({ row: 'missing' })]
  const { digest } = row
  if (digest === null) return [wrong({ row: 'without a digest' })]
  const found: Mismatch[] = []
  if (others.length > 0) found.push(wrong({ beginnings: 1 + others.length }))
  if (genesisLeaf({ ...row, digest }).hash.toHex() !== first) found.push(wrong({ row: 'not that of the first leaf' }))
  if ((await digestOf(database, row)) !== digest)
    found.push({ check: 'older balances and stocks are as the log says', id: 'genesis', details: {} })
  return found
}

import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { findMismatches, type Mismatch } from './checks.ts'
import { findLogMismatches } from './log.ts'
import { findTurnMismatches } from './turns.ts'

/**
 * Everything that disagrees: balances and stocks with their ledgers, draws with their turns, and rows with the log.
 * @throws `stop`'s reason once it is aborted
 */
export async function findEveryMismatch(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  const found: Mismatch[] = []
  for (const find of [findMismatches, findTurnMismatches, findLogMismatches])
    found.push(...(await find(database, stop, progress)))
  return found
}

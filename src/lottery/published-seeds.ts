import { and, eq, inArray, isNull, lt } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { commitmentOf } from '../fairness/chain.ts'
import { fairEpochsTable, fairEpochTable } from '../fairness/schema.ts'
import type { Fairness } from './take-draw.ts'

type Chains = Pick<Fairness, 'chain' | 'previous'>
type OpenedEpoch = Pick<typeof fairEpochsTable.$inferSelect, 'epoch' | 'chain_id' | 'commitment' | 'seed'>

/** The seed of an epoch that is over; null until then, and where nobody here has it. */
export function publishedSeed(
  row: Readonly<OpenedEpoch>,
  open: Readonly<{ epoch: number }> | undefined,
  chains: Chains,
): string | null {
  // The row moves only when no draw of the epoch before is under way.
  if (open === undefined || open.epoch <= row.epoch) return null
  const isRight = (seed: string) => commitmentOf(Buffer.from(seed, 'hex')).toString('hex') === row.commitment
  return [row.seed, seedIn(row, chains)].find((seed) => seed !== null && isRight(seed)) ?? null
}

function seedIn({ epoch, chain_id }: Readonly<OpenedEpoch>, { chain, previous }: Chains): string | null {
  const own = [chain, previous].find((one) => one?.id === chain_id)
  return own && epoch <= own.lastEpoch ? own.seedOf(epoch).toString('hex') : null
}

/** Writes down the seeds of all epochs that are over, as far as this process has them. Returns how many. */
export async function publishSeeds({ orm }: Database, chains: Chains): Promise<number> {
  const table = fairEpochsTable
  const [open] = await orm.select({ epoch: fairEpochTable.epoch }).from(fairEpochTable)
  if (!open) return 0
  const ids = [chains.chain, chains.previous].flatMap((one) => one?.id ?? [])
  const isMissing = and(isNull(table.seed), lt(table.epoch, open.epoch), inArray(table.chain_id, ids))
  let published = 0
  for (const row of await orm.select().from(table).where(isMissing)) {
    const seed = publishedSeed(row, open, chains)
    if (seed === null) continue
    const isRow = and(eq(table.epoch, row.epoch), eq(table.wheel_version, row.wheel_version))
    await orm.update(table).set({ seed }).where(isRow)
    published += 1
  }
  return published
}

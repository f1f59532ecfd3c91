import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { chainLeaf } from '../fairness/leaves.ts'
import { fairChainsTable, fairEpochsTable } from '../fairness/schema.ts'
import type { Leaf } from '../till/log-entry.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { Mismatch } from './checks.ts'

/** What a chain's leaf says beside the chain. */
interface Announced {
  epoch: number
  commitment: string
}

const kind = 'chain '

/**
 * Holds the chains of seeds against their leaves, page by page. A chain is announced in the log before it draws: whoever
 * writes its row by hand leaves nobody the time to see its first commitment.
 */
export async function createChainComparison(database: Database) {
  // Asked first: their leaves are in the log by then.
  const known = await readChains(database)
  /** The last announcement of each chain. A row that was deleted is announced again. */
  const announced = new Map<string, { hash: string; commitment: string | undefined }>()
  return {
    add(leaves: readonly Leaf[]): void {
      for (const { label, hash } of leaves) {
        if (!label.startsWith(kind)) continue
        const [id = '', commitment] = label.slice(kind.length).split(' ')
        announced.set(id, { hash: hash.toHex(), commitment })
      }
    },
    async mismatches(): Promise<Mismatch[]> {
      const now = await readChains(database)
      const foreign = [...known.keys()].filter((id) => !announced.has(id))
      const deleted = [...announced.keys()].filter((id) => !now.has(id))
      const changed: string[] = []
      for (const [id, leaf] of announced) {
        const first_epoch = now.get(id)
        if (first_epoch !== undefined && (await isAnother({ chain_id: id, first_epoch }, leaf))) changed.push(id)
      }
      const named = (check: string, ids: readonly string[]) =>
        ids.map((id) => ({ check, id: `${kind}${id}`, details: {} }))
      return [
        ...named('a chain of seeds was announced in the log', foreign),
        ...named('a row that was logged is there', deleted),
        ...named('a row is as it was logged', changed),
      ]
    },
  }

  /**
   * True when the leaf says another first epoch than the row. Leaves of an earlier version don't tell their commitment:
   * whether they are the row's is known once that epoch has been opened.
   */
  async function isAnother(
    { chain_id, first_epoch }: { chain_id: string; first_epoch: number },
    { hash, commitment }: { hash: string; commitment: string | undefined },
  ): Promise<boolean> {
    const opened = await readOpened(database, chain_id)
    const possible = commitment === undefined ? opened : [...opened, { epoch: first_epoch, commitment }]
    const said = possible.find((one) => sha256(chainLeaf({ chain_id, ...one })).toHex() === hash)
    return said ? said.epoch !== first_epoch : possible.some(({ epoch }) => epoch === first_epoch)
  }
}

/** The first epoch of each chain. */
async function readChains({ orm }: Database): Promise<Map<string, number>> {
  const rows = await orm.select().from(fairChainsTable)
  return new Map(rows.map(({ chain_id, first_epoch }) => [chain_id, first_epoch]))
}

async function readOpened({ orm }: Database, chainId: string): Promise<Announced[]> {
  const { epoch, commitment, chain_id } = fairEpochsTable
  return orm.select({ epoch, commitment }).from(fairEpochsTable).where(eq(chain_id, chainId))
}

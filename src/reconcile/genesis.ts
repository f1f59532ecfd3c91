import { createHash } from 'node:crypto'
import type { Database } from '../db/client.ts'
import type { Leaf } from '../till/log-entry.ts'
import { CanonicalBytes } from '../tlog/format/bytes.ts'
import { type Entry, leavesIn } from './log-walk.ts'
import { logGenesisTable } from './schema.ts'

export type Genesis = typeof logGenesisTable.$inferSelect

const usersAtOnce = 500
const beginning = 'genesis'
/** Searching the whole log takes its time. */
const searchTimeout_ms = 60_000

export async function readGenesis({ orm }: Database): Promise<Genesis | undefined> {
  const [found] = await orm.select().from(logGenesisTable)
  return found
}

/** What the log says of all that is older. */
export function genesisLeaf({ noted_at, digest }: { noted_at: Date; digest: string }): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/genesis/1').u64(noted_at.getTime()).bytes(Buffer.from(digest, 'hex'))
  return { label: beginning, hash: bytes.hash() }
}

/** The leaves in the log that say how it began, in hex: one once it has begun. */
export async function readBeginnings(database: Database): Promise<string[]> {
  const entries = await database.query<Entry>(
    'SELECT entry_id, leaf_count, root, leaves FROM log_entries WHERE LOCATE(?, leaves) > 0 ORDER BY entry_id',
    [Buffer.from(beginning)],
    searchTimeout_ms,
  )
  return beginningsIn(entries.flatMap((entry) => leavesIn(entry) ?? []))
}

export function beginningsIn(leaves: readonly Leaf[]): string[] {
  return leaves.filter(({ label }) => label === beginning).map(({ hash }) => hash.toHex())
}

/** The digest of each balance and each stock that the rows up to the beginning come to. */
export async function digestOf(database: Database, genesis: Genesis): Promise<string> {
  const hash = createHash('sha256')
  const [last] = await database.query<{ id: number }>('SELECT COALESCE(MAX(user_id), 0) AS id FROM users')
  for (let from = 1; from <= Number(last?.id ?? 0); from += usersAtOnce) {
    const balances = await database.query<{ user_id: number; seq: number; balance: string }>(
      `SELECT user_id, MAX(seq) AS seq, SUM(points) AS balance
         FROM points_records FORCE INDEX (points_records_user_seq)
        WHERE user_id BETWEEN ? AND ? AND record_id <= ? GROUP BY user_id ORDER BY user_id`,
      [from, from + usersAtOnce - 1, genesis.last_ledger_id],
    )
    for (const { user_id, seq, balance } of balances)
      hash.update(new CanonicalBytes('rp-balance/1').u64(user_id).u64(seq).i64(Number(balance)).done())
  }
  const stocks = await database.query<{ commodity_id: number; stock: string }>(
    `SELECT commodity_id, SUM(quantity_change) AS stock FROM stock_movements WHERE movement_id <= ?
      GROUP BY commodity_id ORDER BY commodity_id`,
    [genesis.last_stock_id],
  )
  for (const { commodity_id, stock } of stocks)
    hash.update(new CanonicalBytes('rp-stock/1').u64(commodity_id).i64(Number(stock)).done())
  return hash.digest('hex')
}

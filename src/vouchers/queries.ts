import { and, count, eq, gt, lte, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { listReader } from '../db/lists.ts'
import { sharedRead } from '../db/shared-read.ts'
import { columnsOf, type RowOf } from '../db/table-rows.ts'
import { type Voucher, vouchersTable } from './schema.ts'
import { drawOf } from './source.ts'
import { hasStatusAt } from './status.ts'

const table = vouchersTable

export interface VoucherFilter {
  status: Voucher['status'] | 'all'
  kind?: Voucher['kind'] | undefined
}

const shown = columnsOf(table, [
  ...(['code', 'kind', 'source_id', 'title', 'quantity', 'status', 'expires_at', 'redeemed_at', 'created_at'] as const),
])
const readList = listReader<RowOf<typeof shown>, { image: string | null }>({
  table: 'vouchers',
  columns: shown,
  joined: {
    columns: 'exchange_records.product_image AS image',
    join: `LEFT JOIN exchange_records ON exchange_records.exchange_id = vouchers.source_id
             AND exchange_records.user_id = vouchers.user_id AND vouchers.kind = 'product'`,
  },
  order: 'vouchers.created_at DESC, vouchers.code DESC',
})

/** A voucher with what its holder sees of it; `image` is that of its order's product. */
export type ShownVoucher = RowOf<typeof shown> & { image: string | null }

/** A page of the user's vouchers, newest first, filtered by their status at `now`. */
export function readVouchers(
  database: Database,
  userId: number,
  { status, kind, page, limit }: VoucherFilter & { page: number; limit: number },
  now: Date,
): Promise<{ rows: ShownVoucher[]; total: number }> {
  const filters = [
    ...(status === 'all' ? [] : [hasStatusAt(status, now)]),
    ...(kind ? [{ sql: 'vouchers.kind = ?', params: [kind] }] : []),
  ]
  return readList(database, { of: { sql: 'vouchers.user_id = ?', params: [userId] }, filters, page, limit })
}

/** At most `most` vouchers that the user can redeem at `now`. Those that expire first come first. */
export function readActiveVouchers({ orm }: Database, userId: number, now: Date, most: number): Promise<Voucher[]> {
  return orm
    .select()
    .from(table)
    .where(and(eq(table.user_id, userId), eq(table.status, 'active'), gt(table.expires_at, now)))
    .orderBy(table.expires_at, table.code)
    .limit(most)
}

interface PrizesOf {
  userId: number
  now: Date
}

interface PrizeCode {
  user_id: number
  code: string
  source_id: string
}

/** For how many people one statement reads the codes of prizes, and how many it reads for one of them. */
const mostHolders = 16
const mostCodes = 100

/** The index is named: the server would first look into two more for each person, which took a third of the time. */
const selectPrizes = `SELECT user_id, code, source_id FROM vouchers FORCE INDEX (vouchers_user_status)
  WHERE user_id IN (?) AND status = 'active' AND kind = 'prize' AND expires_at > ?
  ORDER BY user_id, expires_at, code LIMIT ?`

const readPrizes = sharedRead(async (database, asks: readonly PrizesOf[]): Promise<PrizeCode[][]> => {
  // Whoever asked last knows the time best.
  const now = asks.at(-1)?.now
  const read = (of: readonly PrizesOf[], most: number) =>
    database.query<PrizeCode>(selectPrizes, [of.map(({ userId }) => userId), now, most])
  const most = mostCodes * asks.length
  const rows = await read(asks, most)
  // Somebody with very many must not take the others' places.
  if (rows.length === most && asks.length > 1) return Promise.all(asks.map((ask) => read([ask], mostCodes)))
  const byUser = Map.groupBy(rows, ({ user_id }) => user_id)
  return asks.map(({ userId }) => (byUser.get(userId) ?? []).slice(0, mostCodes))
}, mostHolders)

/** The codes of prizes that the user can redeem at `now`, at most 100, by draw. The earliest expiry comes first. */
export async function readPrizeCodes(
  database: Database,
  userId: number,
  now: Date,
): Promise<ReadonlyMap<string, string[]>> {
  const codes = new Map<string, string[]>()
  for (const { code, source_id } of await readPrizes(database, { userId, now })) {
    const drawId = drawOf(source_id)
    const known = codes.get(drawId)
    if (known) known.push(code)
    else codes.set(drawId, [code])
  }
  return codes
}

/** How many vouchers the user can redeem at `now`, and how many of them expire by `soon`. */
export async function countActiveVouchers({ orm }: Database, userId: number, now: Date, soon: Date) {
  const [counted] = await orm
    .select({ active: count(), expiring: sql<string | null>`SUM(${lte(table.expires_at, soon)})` })
    .from(table)
    .where(and(eq(table.user_id, userId), eq(table.status, 'active'), gt(table.expires_at, now)))
  return { active: counted?.active ?? 0, expiring_soon: Number(counted?.expiring ?? 0) }
}

/** The user's own voucher with this code. */
export async function findOwnVoucher({ orm }: Database, userId: number, code: string): Promise<Voucher | undefined> {
  const [voucher] = await orm
    .select()
    .from(table)
    .where(and(eq(table.code, code), eq(table.user_id, userId)))
  return voucher
}

/** Anybody's voucher with this code, for the counter. */
export async function findVoucher({ orm }: Database, code: string): Promise<Voucher | undefined> {
  const [voucher] = await orm.select().from(table).where(eq(table.code, code))
  return voucher
}

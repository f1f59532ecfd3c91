import { and, count, desc, eq, gt, inArray, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { type Voucher, vouchersTable } from './schema.ts'
import { hasStatusAt } from './status.ts'

const table = vouchersTable

export interface VoucherFilter {
  status: Voucher['status'] | 'all'
  kind?: Voucher['kind'] | undefined
}

/** A page of the user's vouchers, newest first, filtered by their status at `now`. */
export function readVouchers(
  database: Database,
  userId: number,
  query: VoucherFilter & { page: number; limit: number },
  now: Date,
): Promise<{ rows: Voucher[]; total: number }> {
  const conditions: (SQL | undefined)[] = [eq(table.user_id, userId)]
  if (query.status !== 'all') conditions.push(hasStatusAt(query.status, now))
  if (query.kind) conditions.push(eq(table.kind, query.kind))
  const order = [desc(table.created_at), desc(table.code)]
  return pageOf(database, table, { ...query, where: and(...conditions), order })
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

/** The user's vouchers for these orders or draws, by `source_id`. */
export async function findVouchersBySource(
  { orm }: Database,
  userId: number,
  sourceIds: readonly string[],
): Promise<ReadonlyMap<string, Voucher>> {
  if (sourceIds.length === 0) return new Map()
  const where = and(inArray(table.source_id, [...sourceIds]), eq(table.user_id, userId))
  const vouchers = await orm.select().from(table).where(where)
  return new Map(vouchers.map((voucher) => [voucher.source_id, voucher]))
}

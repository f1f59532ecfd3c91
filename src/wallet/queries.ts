import { and, eq, inArray } from 'drizzle-orm'
import type { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { exchangeRecordsTable } from '../exchange/schema.ts'
import { day_ms } from '../lib/calendar.ts'
import { countActiveVouchers, findOwnVoucher, readActiveVouchers, readVouchers } from '../vouchers/queries.ts'
import type { Voucher } from '../vouchers/schema.ts'
import { sourceOf } from '../vouchers/source.ts'
import { statusAt } from '../vouchers/status.ts'
import type { vouchersQuery, WalletVoucher } from './wire.ts'

/** In the last days of a voucher, its holder is reminded of it. */
const soon_days = 3
/** The most vouchers of one person that the counter sees. */
const mostActive = 100

/** A page of the user's vouchers, newest first, and how many of all their vouchers can be redeemed. */
export async function readWallet(database: Database, userId: number, query: z.output<typeof vouchersQuery>, now: Date) {
  const soon = new Date(now.getTime() + soon_days * day_ms)
  const [{ rows, total }, counts] = await Promise.all([
    readVouchers(database, userId, query, now),
    countActiveVouchers(database, userId, now, soon),
  ])
  return {
    vouchers: rows.map((voucher) => viewOf(voucher, voucher.image, now)),
    counts,
    pagination: paginationOf(query, total),
  }
}

/**
 * The user's own voucher.
 * @throws {Refusal} 6006 for an unknown code, and for another user's voucher.
 */
export async function requireOwnVoucher(
  database: Database,
  userId: number,
  code: string,
  now: Date,
): Promise<WalletVoucher> {
  const voucher = await findOwnVoucher(database, userId, code)
  const [view] = await viewsOf(database, voucher ? [voucher] : [], now)
  if (!view) throw new Refusal(6006)
  return view
}

/** The vouchers that the user can redeem now, for the counter. Those that expire first come first. */
export async function readActiveWallet(database: Database, userId: number, now: Date): Promise<WalletVoucher[]> {
  return viewsOf(database, await readActiveVouchers(database, userId, now, mostActive), now)
}

async function viewsOf(database: Database, vouchers: readonly Voucher[], now: Date): Promise<WalletVoucher[]> {
  const images = await readOrderImages(database, vouchers)
  return vouchers.map((voucher) => viewOf(voucher, images.get(voucher.source_id) ?? null, now))
}

function viewOf(voucher: Omit<Voucher, 'user_id' | 'redeemed_by'>, image: string | null, now: Date): WalletVoucher {
  return {
    code: voucher.code,
    kind: voucher.kind,
    title: voucher.title,
    quantity: voucher.quantity,
    image,
    status: statusAt(voucher, now),
    source: sourceOf(voucher),
    issued_at: voucher.created_at.toISOString(),
    expires_at: voucher.expires_at.toISOString(),
    redeemed_at: voucher.redeemed_at?.toISOString() ?? null,
  }
}

/** The product images of the vouchers' orders, by order. */
async function readOrderImages(
  { orm }: Database,
  vouchers: readonly Voucher[],
): Promise<ReadonlyMap<string, string | null>> {
  const { exchange_id, user_id, product_image } = exchangeRecordsTable
  const goods = vouchers.filter(({ kind }) => kind === 'product')
  const [first] = goods
  if (!first) return new Map()
  const ids = goods.map(({ source_id }) => source_id)
  const orders = await orm
    .select({ exchange_id, product_image })
    .from(exchangeRecordsTable)
    .where(and(inArray(exchange_id, ids), eq(user_id, first.user_id)))
  return new Map(orders.map((order) => [order.exchange_id, order.product_image]))
}

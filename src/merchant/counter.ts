import { eq } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { requireUser } from '../users/queries.ts'
import { maskMobile } from '../users/user-info.ts'
import { type Voucher, vouchersTable } from '../vouchers/schema.ts'
import type { VoucherAnswer } from './counter-wire.ts'
import { statusAt } from './redeem.ts'

/**
 * The voucher under `code`. Codes can't be guessed here: look-ups that miss are few a minute.
 * @throws {Refusal} 6006 for no such code, 9006 after too many of them.
 */
export async function requireVoucher(
  { orm }: Database,
  misses: RateLimit,
  merchantId: number,
  code: string,
): Promise<Voucher> {
  await misses.check(merchantId)
  const [voucher] = await orm.select().from(vouchersTable).where(eq(vouchersTable.code, code))
  if (voucher) return voucher
  await misses.take(merchantId)
  throw new Refusal(6006)
}

/** A voucher as the counter sees it at `now`. */
export async function voucherView(
  database: Database,
  voucher: Voucher,
  now: Date,
  absolute: (link: string) => string,
): Promise<VoucherAnswer> {
  const holder = await requireUser(database, voucher.user_id)
  return {
    code: voucher.code,
    kind: voucher.kind,
    title: voucher.title,
    quantity: voucher.quantity,
    status: statusAt(voucher, now),
    user: {
      user_id: holder.user_id,
      nickname: holder.nickname,
      mobile: maskMobile(holder.mobile),
      avatar: holder.avatar === null ? null : absolute(holder.avatar),
    },
    expires_at: voucher.expires_at.toISOString(),
    redeemed_at: voucher.redeemed_at?.toISOString() ?? null,
  }
}

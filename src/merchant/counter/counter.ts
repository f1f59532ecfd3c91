import { eq } from 'drizzle-orm'
import { Refusal } from '../../contract/refusals.ts'
import type { Database } from '../../db/client.ts'
import type { RateLimit } from '../../http/rate-limits.ts'
import { createFairSemaphore } from '../../lib/semaphore.ts'
import { requireUser } from '../../users/queries.ts'
import { personView } from '../../users/user-info.ts'
import { type Voucher, vouchersTable } from '../../vouchers/schema.ts'
import { statusAt } from './redeem.ts'
import type { VoucherAnswer } from './wire.ts'

/** Finds vouchers by their codes. */
export interface VoucherDesk {
  /**
   * The voucher under `code`. Codes can't be guessed here: look-ups that miss are few a minute.
   * @throws {Refusal} 6006 for no such code, 9006 after too many of them, 9007 when too many wait.
   */
  find(code: string, merchantId: number): Promise<Voucher>
}

const lookUpsAtOnce = 16
const mostWaiting = 256

export function createVoucherDesk({ orm }: Database, misses: RateLimit): VoucherDesk {
  // A merchant's look-ups go one after the other: many guesses at once would be judged before any was counted.
  const turns = createFairSemaphore(lookUpsAtOnce, 1, mostWaiting, () => new Refusal(9007))
  return {
    find: (code, merchantId) =>
      turns.run(String(merchantId), async () => {
        await misses.check(merchantId)
        const [voucher] = await orm.select().from(vouchersTable).where(eq(vouchersTable.code, code))
        if (voucher) return voucher
        await misses.take(merchantId)
        throw new Refusal(6006)
      }),
  }
}

/** A voucher as the counter sees it at `now`. */
export async function voucherView(
  database: Database,
  voucher: Voucher,
  now: Date,
  absolute: (link: string) => string,
): Promise<VoucherAnswer> {
  return {
    code: voucher.code,
    kind: voucher.kind,
    title: voucher.title,
    quantity: voucher.quantity,
    status: statusAt(voucher, now),
    user: personView(await requireUser(database, voucher.user_id), absolute),
    expires_at: voucher.expires_at.toISOString(),
    redeemed_at: voucher.redeemed_at?.toISOString() ?? null,
  }
}

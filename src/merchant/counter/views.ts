import type { Database } from '../../db/client.ts'
import { requireUser } from '../../users/queries.ts'
import type { User } from '../../users/schema.ts'
import { personView, userInfoView } from '../../users/user-info.ts'
import type { Voucher } from '../../vouchers/schema.ts'
import { statusAt } from '../../vouchers/status.ts'
import { readActiveWallet } from '../../wallet/queries.ts'
import type { MemberAnswer, VoucherAnswer } from './wire.ts'

/** A voucher as the counter sees it at `now`. */
export async function readVoucherView(
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

/** A person as the counter sees them at `now`. */
export async function readMemberView(
  database: Database,
  user: User,
  now: Date,
  absolute: (link: string) => string,
): Promise<MemberAnswer> {
  const vouchers = await readActiveWallet(database, user.user_id, now)
  return {
    user_info: userInfoView(user, absolute),
    user: personView(user, absolute),
    total_points: user.total_points,
    vouchers: vouchers.map((voucher) => ({
      ...voucher,
      image: voucher.image === null ? null : absolute(voucher.image),
    })),
  }
}

import { z } from 'zod'
import { line, phone, timestamp } from '../../contract/wire.ts'
import { plainText } from '../../lib/plain-text.ts'
import { personInfo, userInfo } from '../../users/user-info.ts'
import { voucherKinds, voucherStatuses } from '../../vouchers/schema.ts'
import { walletVoucher } from '../../wallet/wire.ts'

/** A phone number as people type or paste it: full-width digits, blanks, dashes and the country code are accepted. */
const typedPhone = z
  .string()
  .max(40)
  .transform((text) =>
    plainText(text)
      .replace(/[\s\p{Pd}]/gu, '')
      .replace(/^(\+|00)?86(?=1\d{10}$)/, ''),
  )
  .pipe(phone)

export const voucherAnswer = z.object({
  code: z.string(),
  kind: z.enum(voucherKinds),
  title: z.string(),
  quantity: z.int(),
  status: z.enum(voucherStatuses),
  user: personInfo,
  expires_at: timestamp,
  redeemed_at: timestamp.nullable(),
})
export type VoucherAnswer = z.output<typeof voucherAnswer>

export const userQuery = z.object({ mobile: typedPhone })

/** A member's code as people scan it, type it in groups or paste it. */
export const memberCodeParam = z.object({
  member_code: z
    .string()
    .max(200)
    .transform((text) =>
      plainText(text)
        .match(/(?<!\d)\d(?:[\s\p{Pd}]?\d){17}(?!\d)/u)?.[0]
        .replace(/\D/g, ''),
    )
    .pipe(z.string()),
})

/**
 * A person at the counter: who they are, and which vouchers they can redeem. `user_info` is what the look-up by phone
 * answered first; clients read it.
 */
export const memberAnswer = z.object({
  user_info: userInfo,
  user: personInfo,
  total_points: z.int(),
  /** At most 100. Those that expire first come first. */
  vouchers: z.array(walletVoucher),
})
export type MemberAnswer = z.output<typeof memberAnswer>

export const adjustBody = z.object({
  points: z
    .int()
    .min(-100_000)
    .max(100_000)
    .refine((points) => points !== 0, '不能为 0'),
  reason: line(200).min(1),
})

export const adjustAnswer = z.object({ user_id: z.int(), new_balance: z.int() })

import { z } from 'zod'
import { line, phone, timestamp } from '../../contract/wire.ts'
import { personInfo, userInfo } from '../../users/user-info.ts'

/** A code as it is read out or typed: blanks, dashes and case don't matter. */
export const codeParam = z.object({
  code: z
    .string()
    .transform((code) => code.replace(/[\s-]/g, '').toUpperCase())
    .pipe(z.string().regex(/^[2-9A-HJ-NP-Z]{10}$/)),
})

export const voucherAnswer = z.object({
  code: z.string(),
  kind: z.enum(['product', 'prize']),
  title: z.string(),
  quantity: z.int(),
  status: z.enum(['active', 'redeemed', 'cancelled', 'expired']),
  user: personInfo,
  expires_at: timestamp,
  redeemed_at: timestamp.nullable(),
})
export type VoucherAnswer = z.output<typeof voucherAnswer>

export const userQuery = z.object({ mobile: phone })
export const userAnswer = z.object({ user_info: userInfo })

export const adjustBody = z.object({
  points: z
    .int()
    .min(-100_000)
    .max(100_000)
    .refine((points) => points !== 0, '不能为 0'),
  reason: line(200).min(1),
})

export const adjustAnswer = z.object({ user_id: z.int(), new_balance: z.int() })

import { z } from 'zod'
import { pageQuery, pagination, timestamp } from '../contract/wire.ts'
import { voucherKinds, voucherStatuses } from '../vouchers/schema.ts'
import { voucherSource } from '../vouchers/source.ts'

const kind = z.enum(voucherKinds)

export const vouchersQuery = pageQuery.extend({
  status: z.enum([...voucherStatuses, 'all']).default('all'),
  kind: kind.optional(),
})

/** A voucher as its holder sees it. */
export const walletVoucher = z.object({
  code: z.string(),
  kind,
  title: z.string(),
  quantity: z.int(),
  /** The product's image at the time of the exchange. */
  image: z.string().nullable(),
  status: z.enum(voucherStatuses),
  source: voucherSource,
  issued_at: timestamp,
  expires_at: timestamp,
  redeemed_at: timestamp.nullable(),
})
export type WalletVoucher = z.output<typeof walletVoucher>

export const vouchersAnswer = z.object({
  vouchers: z.array(walletVoucher),
  counts: z.object({
    active: z.int(),
    expiring_soon: z.int().describe('Active vouchers that expire within three days'),
  }),
  pagination,
})

export const voucherAnswer = walletVoucher.extend({
  /** The text in its QR code. */
  qr: z.string(),
})

export const memberCodeAnswer = z.object({
  code: z.string().regex(/^\d{18}$/),
  /** Seconds until the next code. */
  expires_in: z.int(),
})

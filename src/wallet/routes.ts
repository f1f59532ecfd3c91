import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import { type AppEnv, linkIn } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import { codeParam, qrOf } from '../vouchers/code.ts'
import type { MemberCodes } from './member-codes.ts'
import { readWallet, requireOwnVoucher } from './queries.ts'
import { memberCodeAnswer, voucherAnswer, vouchersAnswer, vouchersQuery } from './wire.ts'

export interface WalletDeps {
  database: Database
  now: () => Date
  memberCodes: MemberCodes
}

/** The wallet routes of `/api/user`: what a diner shows at the counter. */
export function walletRoutes({ database, now, memberCodes }: WalletDeps) {
  return new Hono<AppEnv>()
    .get(
      '/vouchers',
      describe({ summary: 'The caller’s vouchers for products and prizes, newest first', answer: vouchersAnswer }),
      validate('query', vouchersQuery),
      async (c) => {
        const wallet = await readWallet(database, c.get('caller').userId, c.req.valid('query'), now())
        return ok(c, { ...wallet, vouchers: wallet.vouchers.map(linkIn(c, 'image')) })
      },
    )
    .get(
      '/vouchers/:code',
      describe({ summary: 'One of the caller’s vouchers, with its QR code', answer: voucherAnswer, refusals: [6006] }),
      validate('param', codeParam, 6006),
      async (c) => {
        const voucher = await requireOwnVoucher(database, c.get('caller').userId, c.req.valid('param').code, now())
        return ok(c, { ...linkIn(c, 'image')(voucher), qr: qrOf(voucher.code) })
      },
    )
    .get(
      '/member-code',
      describe({ summary: 'The code that the counter scans instead of asking for a phone', answer: memberCodeAnswer }),
      (c) => ok(c, memberCodes.codeOf(c.get('caller').userId)),
    )
}

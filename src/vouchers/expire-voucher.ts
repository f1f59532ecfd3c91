import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { vouchers } from './schema.ts'

export interface VoucherExpiry {
  userId: number
  code: string
}

/** Ends a prize's voucher that was not redeemed in time. An order's voucher ends only together with its order. */
export const expireVoucher: Operation<VoucherExpiry, { changed: boolean }> = {
  name: 'expire_voucher',
  laneKey: ({ userId }) => userId,
  needs: ({ code }) => [rows(vouchers, code)],
  decide(unit, { code }) {
    const voucher = unit.find(vouchers, [code])
    if (voucher?.kind !== 'prize' || voucher.status !== 'active' || voucher.expires_at > unit.now) {
      return { changed: false }
    }
    unit.update(vouchers, voucher, { status: 'expired' })
    return { changed: true }
  },
}

import { day_ms } from '../lib/calendar.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { vouchers } from './schema.ts'

export interface VoucherIssue {
  /** A new one. */
  code: string
  kind: 'product' | 'prize'
  user_id: number
  /** The order, or the draw and its sequence. */
  source_id: string
  title: string
  quantity: number
  ttl_days: number
}

/** Issues what a diner shows at the counter. */
export function issueVoucher(unit: UnitOfWork, issue: VoucherIssue): { code: string; expires_at: string } {
  const { ttl_days, ...voucher } = issue
  const expires_at = new Date(unit.now.getTime() + ttl_days * day_ms)
  unit.append(vouchers, {
    ...voucher,
    status: 'active',
    expires_at,
    redeemed_at: null,
    redeemed_by: null,
    created_at: unit.now,
  })
  return { code: voucher.code, expires_at: expires_at.toISOString() }
}

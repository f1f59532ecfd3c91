import { day_ms } from '../lib/calendar.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { vouchers } from './schema.ts'

export interface VoucherIssue {
  /** A code that no voucher has yet. */
  code: string
  kind: 'product' | 'prize'
  user_id: number
  /** The order's id, or the draw's id and sequence. */
  source_id: string
  title: string
  quantity: number
  ttl_days: number
}

/** Issues a voucher, which a diner shows at the counter. */
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

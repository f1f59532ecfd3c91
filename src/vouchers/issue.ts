import { day_ms } from '../calendar.ts'
import type { Books } from '../till/books.ts'
import { vouchers } from './schema.ts'

export interface VoucherIssue {
  /** From the cryptographic generator, unused. */
  code: string
  kind: 'product' | 'prize'
  user_id: number
  /** The order, or the draw and its sequence. */
  source_id: string
  title: string
  quantity: number
  ttlDays: number
}

/** Issues what a diner shows at the counter. */
export function issueVoucher(books: Books, issue: VoucherIssue): { code: string; expires_at: string } {
  const { ttlDays, ...voucher } = issue
  const expires_at = new Date(books.now.getTime() + ttlDays * day_ms)
  books.append(vouchers, {
    ...voucher,
    status: 'active',
    expires_at,
    redeemed_at: null,
    redeemed_by: null,
    created_at: books.now,
  })
  return { code: voucher.code, expires_at: expires_at.toISOString() }
}

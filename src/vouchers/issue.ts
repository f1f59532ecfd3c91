import { day_ms } from '../calendar.ts'
import { randomCode } from '../random.ts'
import type { Books } from '../till/books.ts'
import { vouchers } from './schema.ts'

/** A code for the counter: 50 random bits, short enough to be read out. */
export function newVoucherCode(): string {
  return randomCode(10)
}

export interface VoucherIssue {
  /** A new one. */
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

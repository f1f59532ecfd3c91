import type { Fragment } from '../db/lists.ts'
import type { Voucher } from './schema.ts'

/** A voucher's status at `now`. It is expired once its time is over, even before the job has marked it. */
export function statusAt({ status, expires_at }: Pick<Voucher, 'status' | 'expires_at'>, now: Date): Voucher['status'] {
  return status === 'active' && expires_at <= now ? 'expired' : status
}

/** The same as a condition in SQL. */
export function hasStatusAt(status: Voucher['status'], now: Date): Fragment {
  if (status === 'active') return { sql: `vouchers.status = 'active' AND vouchers.expires_at > ?`, params: [now] }
  if (status === 'expired') {
    const sql = `(vouchers.status = 'expired' OR (vouchers.status = 'active' AND vouchers.expires_at <= ?))`
    return { sql, params: [now] }
  }
  return { sql: 'vouchers.status = ?', params: [status] }
}

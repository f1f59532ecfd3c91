import { and, eq, gt, lte, or, type SQL } from 'drizzle-orm'
import { type Voucher, vouchersTable } from './schema.ts'

/** A voucher's status at `now`. It is expired once its time is over, even before the job has marked it. */
export function statusAt({ status, expires_at }: Readonly<Voucher>, now: Date): Voucher['status'] {
  return status === 'active' && expires_at <= now ? 'expired' : status
}

/** The same as a condition in SQL. */
export function hasStatusAt(status: Voucher['status'], now: Date): SQL | undefined {
  const { status: column, expires_at } = vouchersTable
  if (status === 'active') return and(eq(column, status), gt(expires_at, now))
  if (status === 'expired') return or(eq(column, status), and(eq(column, 'active'), lte(expires_at, now)))
  return eq(column, status)
}

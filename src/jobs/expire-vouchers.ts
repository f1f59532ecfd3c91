import { and, asc, eq, lte } from 'drizzle-orm'
import { expireVoucher } from '../vouchers/expire-voucher.ts'
import { vouchersTable } from '../vouchers/schema.ts'
import type { Job, JobDeps } from './job.ts'
import { dueAtOnce, runDue } from './run-due.ts'

const table = vouchersTable

/** Ends the vouchers of prizes that were not fetched in time. */
export function expireVouchers({ database, till, logger, now }: JobDeps): Job {
  return {
    name: 'expire-vouchers',
    about: 'End prize vouchers that were not used in time',
    when: '25 * * * * *',
    async step() {
      const due = await database.orm
        .select({ code: table.code, userId: table.user_id })
        .from(table)
        .where(and(eq(table.status, 'active'), lte(table.expires_at, now()), eq(table.kind, 'prize')))
        .orderBy(asc(table.expires_at))
        .limit(dueAtOnce)
      return runDue(due, (row) => till.run(expireVoucher, row), logger)
    },
  }
}

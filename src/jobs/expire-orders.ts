import { and, asc, eq, lte } from 'drizzle-orm'
import { expireOrder } from '../exchange/expire-order.ts'
import { exchangeRecordsTable } from '../exchange/schema.ts'
import type { Job, JobDeps } from './job.ts'
import { dueAtOnce, runDue } from './run-due.ts'

const table = exchangeRecordsTable

/** Ends orders that were not fetched in time, and gives their points and stock back. */
export function expireOrders({ database, till, logger, now }: JobDeps): Job {
  return {
    name: 'expire-orders',
    about: 'End orders that were not fetched in time; points and stock go back',
    when: '15 * * * * *',
    async step() {
      const due = await database.orm
        .select({
          exchangeId: table.exchange_id,
          userId: table.user_id,
          productId: table.commodity_id,
          code: table.exchange_code,
        })
        .from(table)
        .where(and(eq(table.status, 'pending'), lte(table.expires_at, now())))
        .orderBy(asc(table.expires_at))
        .limit(dueAtOnce)
      return runDue(due, (row) => till.run(expireOrder, row), logger)
    },
  }
}

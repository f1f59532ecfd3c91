import { and, asc, inArray, lt, type SQL } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { sessionRefreshesTable, sessionsTable, smsCodesTable } from '../accounts/schema.ts'
import { alertsTable } from '../alerts/schema.ts'
import { receiptMarksTable, receiptTextsTable } from '../receipts/schema.ts'
import { textsKeptFor_days } from '../receipts/search-copies.ts'
import { pointsGivenTable } from '../staff/schema.ts'
import { idempotencyKeysTable, tillLanesTable } from '../till/schema.ts'
import type { Job, JobDeps } from './job.ts'
import { jobRunsTable } from './schema.ts'

const hour_ms = 3_600_000
const rowsAtOnce = 1_000

/** Tables whose old rows nobody needs any more; `age` is the column that says how old a row is. */
const purged: readonly { table: MySqlTable; age: MySqlColumn; keptFor_ms: number }[] = [
  // The row counts the sends of the last day, which the limits need.
  { table: smsCodesTable, age: smsCodesTable.expires_at, keptFor_ms: 25 * hour_ms },
  { table: idempotencyKeysTable, age: idempotencyKeysTable.created_at, keptFor_ms: 48 * hour_ms },
  { table: sessionRefreshesTable, age: sessionRefreshesTable.used_at, keptFor_ms: hour_ms },
  { table: sessionsTable, age: sessionsTable.expires_at, keptFor_ms: 24 * hour_ms },
  { table: receiptTextsTable, age: receiptTextsTable.created_at, keptFor_ms: textsKeptFor_days * 24 * hour_ms },
  { table: receiptMarksTable, age: receiptMarksTable.created_at, keptFor_ms: textsKeptFor_days * 24 * hour_ms },
  { table: jobRunsTable, age: jobRunsTable.started_at, keptFor_ms: 30 * 24 * hour_ms },
  { table: alertsTable, age: alertsTable.raised_at, keptFor_ms: 30 * 24 * hour_ms },
]
const laneKeptFor_ms = 7 * 24 * hour_ms
const budgetKeptFor_ms = 40 * 24 * hour_ms
const { business_day } = pointsGivenTable

/**
 * Deletes used codes, old idempotency keys, dead sessions, old texts of receipts, old runs and alerts, old counts of points
 * given, and the lanes of processes that are gone.
 */
export function purge({ database, now }: JobDeps): Job {
  const { orm } = database
  const before = (age_ms: number) => new Date(now().getTime() - age_ms)
  const dayBefore = (age_ms: number) => before(age_ms).toISOString().slice(0, 10)
  const remove = async (table: MySqlTable, where: SQL | undefined, age: MySqlColumn) => {
    const [result] = await orm.delete(table).where(where).orderBy(asc(age)).limit(rowsAtOnce)
    return result.affectedRows
  }
  // It reads the names first, because a delete by age alone would wait for the lanes that are at work.
  const removeLanes = async () => {
    const { lane, updated_at } = tillLanesTable
    const old = lt(updated_at, before(laneKeptFor_ms))
    const dead = await orm.select({ lane }).from(tillLanesTable).where(old).limit(rowsAtOnce)
    if (dead.length === 0) return 0
    const names = dead.map((row) => row.lane)
    return remove(tillLanesTable, and(inArray(lane, names), old), updated_at)
  }
  return {
    name: 'purge',
    about:
      'Throw away used codes, old keys, dead sessions, receipts’ old texts, old runs, alerts and counts of points given',
    when: '40 7 * * * *',
    async step() {
      const counts = [await removeLanes()]
      counts.push(await remove(pointsGivenTable, lt(business_day, dayBefore(budgetKeptFor_ms)), business_day))
      for (const { table, age, keptFor_ms } of purged) {
        counts.push(await remove(table, lt(age, before(keptFor_ms)), age))
      }
      return { rows: counts.reduce((sum, count) => sum + count, 0), more: counts.includes(rowsAtOnce) }
    },
  }
}

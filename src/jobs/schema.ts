import { bigint, index, int, mysqlTable, text } from 'drizzle-orm/mysql-core'
import { asciiText, instant } from '../db/columns.ts'

/** One row for each run of a job. */
export const jobRunsTable = mysqlTable(
  'job_runs',
  {
    run_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    job: asciiText({ length: 48 }).notNull(),
    instance: asciiText({ length: 40 }).notNull(),
    started_at: instant().notNull(),
    ended_at: instant(),
    rows_done: int(),
    error: text(),
  },
  (table) => [
    // Serves `last`: finds a job's latest run without a sort.
    index('job_runs_job').on(table.job, table.started_at),
    // Serves `begin`, which asks for runs that never ended. Without it each start of a job reads all of its runs.
    index('job_runs_open').on(table.job, table.ended_at),
    // Serves `purge`. Without it each run of `purge` reads every row.
    index('job_runs_started_at').on(table.started_at),
  ],
)

/** Which process may run a job now, by the database's clock. `fence` grows with each holder. */
export const leasesTable = mysqlTable('leases', {
  name: asciiText({ length: 48 }).primaryKey(),
  owner: asciiText({ length: 40 }).notNull(),
  fence: bigint({ mode: 'number' }).notNull(),
  until: instant().notNull(),
})

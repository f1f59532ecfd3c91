import { bigint, index, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, longJson } from '../db/columns.ts'

/** What the operators were told, one row a message. */
export const alertsTable = mysqlTable(
  'alerts',
  {
    alert_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    event: asciiText({ length: 32 }).notNull(),
    title: varchar({ length: 64 }).notNull(),
    happened: int().notNull(),
    details: longJson().$type<readonly string[]>().notNull(),
    /** The name of the machine. */
    host: varchar({ length: 64 }).notNull(),
    raised_at: instant().notNull(),
  },
  // Serves `readAlerts`, and `purge`.
  (table) => [index('alerts_raised_at').on(table.raised_at)],
)

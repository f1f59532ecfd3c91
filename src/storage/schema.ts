import { mysqlTable, tinyint } from 'drizzle-orm/mysql-core'
import { asciiText, instant, utcNow } from '../db/columns.ts'

/** The id of the installation that this database belongs to: one row. Its image store has the same id. */
export const installationTable = mysqlTable('installation', {
  only: tinyint().primaryKey().default(1),
  installation_id: asciiText({ length: 26 }).notNull(),
  created_at: instant().notNull().default(utcNow),
})

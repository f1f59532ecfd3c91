import { mysqlTable, tinyint } from 'drizzle-orm/mysql-core'
import { asciiText, instant, utcNow } from '../db/columns.ts'

/** Which installation this database is: one row, whose id its image store has as well. */
export const installationTable = mysqlTable('installation', {
  only: tinyint().primaryKey().default(1),
  installation_id: asciiText({ length: 26 }).notNull(),
  created_at: instant().notNull().default(utcNow),
})

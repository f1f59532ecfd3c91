import { bigint, index, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'

/** What merchants and the command line changed. Rows are only added. `actor_id` is null for the command line. */
export const auditLogTable = mysqlTable(
  'audit_log',
  {
    audit_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    actor_id: int(),
    action: asciiText({ length: 48 }).notNull(),
    target: varchar({ length: 64 }).notNull(),
    details: jsonText().notNull(),
    created_at: instant().notNull(),
  },
  (table) => [
    // For operators' own queries: what happened when, who did it, and what was done to something. The program itself
    // doesn't need these three.
    index('audit_log_created_at').on(table.created_at),
    index('audit_log_actor').on(table.actor_id, table.created_at),
    index('audit_log_target').on(table.target),
  ],
)

export const auditLog = mapTable(auditLogTable, {
  rank: lockOrder.journals,
  key: ['audit_id'],
  lock: 'none',
  updates: [],
})

import { bigint, index, mediumtext, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core'
import { asciiText, instant } from '../db/columns.ts'

/** The first answer to each idempotency key. A key takes effect once. */
export const idempotencyKeysTable = mysqlTable(
  'idempotency_keys',
  {
    owner: asciiText({ length: 64 }).notNull(),
    idem_key: asciiText({ length: 64 }).notNull(),
    operation: asciiText({ length: 32 }).notNull(),
    fingerprint: asciiText({ length: 64 }).notNull(),
    answer: mediumtext().notNull(),
    created_at: instant().notNull(),
  },
  (table) => [
    // Each key of an owner takes effect once, on any replica. Serves every write with a key, and `rememberedAnswer`.
    primaryKey({ columns: [table.owner, table.idem_key] }),
    // Serves `purge`. Without it each run reads every key and waits for those in use.
    index('idempotency_keys_created_at').on(table.created_at),
  ],
)

/** The last batch that each lane committed. It shows whether a lost COMMIT happened. */
export const tillLanesTable = mysqlTable('till_lanes', {
  lane: asciiText({ length: 40 }).primaryKey(),
  batch: bigint({ mode: 'number' }).notNull(),
  updated_at: instant().notNull(),
})

import { bigint, index, mediumtext, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core'
import { asciiText, instant } from '../db/columns.ts'

/** First answers by idempotency key; a key has had one effect. */
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
    // One effect a key of an owner, on any replica. Serves every write with a key, and `rememberedAnswer`.
    primaryKey({ columns: [table.owner, table.idem_key] }),
    // `purge`: without it each round reads every key, and waits for those in use.
    index('idempotency_keys_created_at').on(table.created_at),
  ],
)

/** The last batch each lane committed: how the outcome of a lost COMMIT is found out. */
export const tillLanesTable = mysqlTable('till_lanes', {
  lane: asciiText({ length: 40 }).primaryKey(),
  batch: bigint({ mode: 'number' }).notNull(),
  updated_at: instant().notNull(),
})

import { bigint, index, int, mysqlTable, primaryKey, unique } from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant, longBytes, longJson } from '../db/columns.ts'

/** The first answer to each idempotency key. A key takes effect once. */
export const idempotencyKeysTable = mysqlTable(
  'idempotency_keys',
  {
    owner: asciiText({ length: 64 }).notNull(),
    idem_key: asciiText({ length: 64 }).notNull(),
    operation: asciiText({ length: 32 }).notNull(),
    fingerprint: asciiText({ length: 64 }).notNull(),
    answer: longJson().notNull(),
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

/**
 * What each commit did, as one entry of the log: the root over its leaves. Rows are only added; sealing gives each its
 * place in the log.
 */
export const logEntriesTable = mysqlTable(
  'log_entries',
  {
    entry_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    leaf_count: int().notNull(),
    root: hexBytes({ length: 32 }).notNull(),
    /** Each leaf's label and hash; see `till/log-entry.ts`. */
    leaves: longBytes().notNull(),
    created_at: instant().notNull(),
    log_index: bigint({ mode: 'number' }),
  },
  // Each place in the log is taken once. Serves sealing, which looks for entries without a place, and tiles and proofs,
  // which read entries by their place.
  (table) => [
    unique('log_entries_index').on(table.log_index),
    // `findPlaces`: the commit of a row by its time. Without it each proof reads every entry.
    index('log_entries_created_at').on(table.created_at),
  ],
)

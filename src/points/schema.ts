import { sql } from 'drizzle-orm'
import { bigint, check, int, mysqlEnum, mysqlTable, primaryKey, unique, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'
import { ledgerLeaf } from './leaf.ts'

/** Where points come from and go to. */
export const ledgerSources = [
  'register',
  'lottery',
  'exchange',
  'exchange_cancel',
  'photo_upload',
  'check_in',
  'admin',
] as const
export type LedgerSource = (typeof ledgerSources)[number]

/**
 * The ledger. Rows are only added. Each user's rows are numbered without a gap, and each holds the balance after it.
 */
export const pointsRecordsTable = mysqlTable(
  'points_records',
  {
    record_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    seq: int().notNull(),
    points: int().notNull(),
    type: mysqlEnum(['earn', 'spend']).notNull(),
    source: mysqlEnum(ledgerSources).notNull(),
    related_id: asciiText({ length: 64 }).notNull(),
    description: varchar({ length: 255 }).notNull(),
    balance_after: int().notNull(),
    /** Hides the description in the log; null in rows that are older than the log. */
    salt: hexBytes({ length: 16 }),
    created_at: instant().notNull(),
  },
  (table) => [
    // A user's ledger has no number twice. Serves `readPointsRecords`, newest first without a sort, and
    // `readPointsStatistics`, `sumPointsSince` and the checks of `reconcile`.
    unique('points_records_user_seq').on(table.user_id, table.seq),
    // One row for each cause, source and direction: the same draw, order or review can't pay twice. Serves `reconcile`,
    // which looks up the rows of each draw, order and review.
    unique('points_records_once').on(table.related_id, table.source, table.type),
    check('points_records_sign', sql`(type = 'earn' AND points > 0) OR (type = 'spend' AND points < 0)`),
    check('points_records_balance_never_negative', sql`balance_after >= 0`),
    check('points_records_seq_from_one', sql`seq >= 1`),
  ],
)

export const pointsRecords = mapTable(pointsRecordsTable, {
  rank: lockOrder.journals,
  key: ['record_id'],
  lock: 'none',
  updates: [],
  logged: { leafOf: ledgerLeaf, salt: 'salt' },
})

/** One row for each user and business day. */
export const checkInsTable = mysqlTable(
  'check_ins',
  {
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    business_day: asciiText({ length: 10 }).notNull(),
    streak_days: int().notNull(),
    points: int().notNull(),
    created_at: instant().notNull(),
  },
  // A user checks in once a day, also when many requests come at once. Serves `checkIn`.
  (table) => [primaryKey({ columns: [table.user_id, table.business_day] })],
)

export const checkIns = mapTable(checkInsTable, {
  rank: lockOrder.checkIns,
  key: ['user_id', 'business_day'],
  lock: 'none',
  updates: [],
})

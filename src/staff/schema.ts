import { bigint, index, int, mysqlEnum, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant, jsonText } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable, type TableMapping } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'
import { auditLeaf, roleLeaf } from './leaves.ts'
import { roles } from './roles.ts'

/**
 * Which role each of the staff has, or had last. Whether someone is of the staff at all stands in `users.is_merchant`,
 * which programs of an earlier version write alone.
 */
export const staffTable = mysqlTable(
  'staff',
  {
    user_id: int()
      .primaryKey()
      .references(() => usersTable.user_id),
    role: mysqlEnum(roles).notNull(),
    /** Null: by a command. */
    granted_by: int(),
    granted_at: instant().notNull(),
    revoked_at: instant(),
  },
  // `owners` of `set-role.ts`: without it each change of a role waits for every other.
  (table) => [index('staff_role').on(table.role)],
)

export type StaffRow = typeof staffTable.$inferSelect

export const staff = mapTable(staffTable, {
  rank: lockOrder.staff,
  key: ['user_id'],
  lock: 'update',
  updates: ['role', 'granted_by', 'granted_at', 'revoked_at'],
  logged: { leafOf: roleLeaf, on: ['role', 'granted_at', 'revoked_at'] },
})

/** Who changed or looked up what on the merchant's side or by command, append-only. */
export const auditLogTable = mysqlTable(
  'audit_log',
  {
    audit_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    /** Null: the command line. */
    actor_id: int(),
    /** Who was signed in at the machine where the command ran. */
    system_user: varchar({ length: 64 }),
    /** A keyed digest of the network that the request came from. */
    address_id: asciiText({ length: 32 }),
    action: asciiText({ length: 48 }).notNull(),
    target: varchar({ length: 64 }).notNull(),
    /** What was changed, as it was and as it became. Null where nothing was there, or only looked at. */
    state_before: jsonText(),
    state_after: jsonText(),
    /** Reasons, and whatever else there is to say. */
    details: jsonText().notNull(),
    /** Hides names and reasons in the log; null in rows that are older than the log. */
    salt: hexBytes({ length: 16 }),
    created_at: instant().notNull(),
  },
  (table) => [
    // `readAudit`: of a day, of someone, of a kind, of something.
    index('audit_log_created_at').on(table.created_at),
    index('audit_log_actor').on(table.actor_id, table.created_at),
    index('audit_log_action').on(table.action, table.created_at),
    index('audit_log_target').on(table.target),
  ],
)

export const auditLog = mapTable(auditLogTable, {
  rank: lockOrder.journals,
  key: ['audit_id'],
  lock: 'none',
  updates: [],
  logged: { leafOf: auditLeaf, salt: 'salt' },
})

/**
 * How many points staff gave on a business day: by one of them to everyone, by everyone to one diner, and by one to one.
 * 0 stands for everyone.
 */
export const pointsGivenTable = mysqlTable(
  'points_given',
  {
    business_day: asciiText({ length: 10 }).notNull(),
    giver_id: int().notNull(),
    diner_id: int().notNull(),
    /** By receipts that speak for them. */
    ordinary: int().notNull().default(0),
    discretionary: int().notNull().default(0),
  },
  // One counter of each day. Serves `passedBudgets`, `readBudgets` and `purge`.
  (table) => [primaryKey({ columns: [table.business_day, table.giver_id, table.diner_id] })],
)

export type PointsGiven = typeof pointsGivenTable.$inferSelect

const givenRows = mapTable(pointsGivenTable, {
  rank: lockOrder.pointsGiven,
  key: ['business_day', 'giver_id', 'diner_id'],
  lock: 'none',
  updates: ['ordinary', 'discretionary'],
})

/**
 * A counter that isn't there is made. That statement locks each of them, made or found, and no other row: a locking read
 * of several keys may scan a small table, and wait for the counters of others.
 */
export const pointsGiven: TableMapping<PointsGiven, 'ordinary' | 'discretionary'> = {
  ...givenRows,
  async load(tx, keys) {
    await tx.write(
      `INSERT INTO points_given (business_day, giver_id, diner_id) VALUES ?
         ON DUPLICATE KEY UPDATE business_day = VALUES(business_day)`,
      [keys],
    )
    return givenRows.load(tx, keys)
  },
}

import { sql } from 'drizzle-orm'
import { boolean, check, index, int, mysqlEnum, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText, utcNow } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { statusLeaf } from './leaf.ts'

/** Accounts. `total_points` equals the sum of the account's ledger, and `ledger_seq` is the ledger's last number. */
export const usersTable = mysqlTable(
  'users',
  {
    user_id: int().autoincrement().primaryKey(),
    // A phone has one account, also when several people sign in at the same moment. Serves `findUserByMobile`.
    mobile: varchar({ length: 11 }).notNull().unique('users_mobile'),
    total_points: int().notNull().default(0),
    ledger_seq: int().notNull().default(0),
    nickname: varchar({ length: 50 }).notNull().default(''),
    is_merchant: boolean().notNull().default(false),
    status: mysqlEnum(['active', 'inactive', 'banned']).notNull().default('active'),
    avatar: varchar({ length: 512 }),
    last_login: instant(),
    // An openid has one account. Serves `findUserByOpenid`.
    wx_openid: asciiText({ length: 64 }).unique('users_wx_openid'),
    device_info: jsonText(),
    created_at: instant().notNull().default(utcNow),
    updated_at: instant().notNull().default(utcNow),
  },
  (table) => [
    // `reconcile`: the few accounts that are stopped, among all.
    index('users_status').on(table.status),
    // `readStaff`: the few accounts with a role among all.
    index('users_is_merchant').on(table.is_merchant),
    index('users_is_merchant_status').on(table.is_merchant, table.status),
    // `readMerchantStatistics`: new accounts by day. Without it each call reads every account.
    index('users_created_at').on(table.created_at),
    check('users_points_never_negative', sql`total_points >= 0`),
  ],
)

/** An account's row. */
export type User = typeof usersTable.$inferSelect

export const users = mapTable(usersTable, {
  rank: lockOrder.users,
  key: ['user_id'],
  lock: 'update',
  updates: [
    'total_points',
    'ledger_seq',
    'nickname',
    'status',
    'avatar',
    'is_merchant',
    'last_login',
    'wx_openid',
    'device_info',
    'updated_at',
  ],
  logged: { leafOf: statusLeaf, on: ['status'] },
})

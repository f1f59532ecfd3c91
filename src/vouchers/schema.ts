import { sql } from 'drizzle-orm'
import { check, index, int, mysqlEnum, mysqlTable, smallint, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'

export const voucherKinds = ['product', 'prize'] as const
export const voucherStatuses = ['active', 'redeemed', 'cancelled', 'expired'] as const

/**
 * Vouchers, which diners show at the counter for an order or a prize. `source_id` is the order, or the draw and its
 * turn.
 */
export const vouchersTable = mysqlTable(
  'vouchers',
  {
    code: asciiText({ length: 10 }).primaryKey(),
    kind: mysqlEnum(voucherKinds).notNull(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    // An order, and each turn of a draw, has one voucher.
    source_id: asciiText({ length: 32 }).notNull().unique('vouchers_source'),
    title: varchar({ length: 100 }).notNull(),
    quantity: smallint().notNull(),
    status: mysqlEnum(voucherStatuses).notNull(),
    expires_at: instant().notNull(),
    redeemed_at: instant(),
    redeemed_by: int().references(() => usersTable.user_id),
    created_at: instant().notNull(),
  },
  (table) => [
    // `readVouchers`, newest first. The foreign key needs it too.
    index('vouchers_user').on(table.user_id, table.created_at),
    // `readActiveVouchers`, `readPrizeCodes`, which names it, and `countActiveVouchers`: a user's vouchers of one status.
    index('vouchers_user_status').on(table.user_id, table.status, table.expires_at),
    // `expireVouchers`, the earliest expiry first. Without it the job reads every voucher each minute.
    index('vouchers_due').on(table.status, table.expires_at),
    check('vouchers_quantity', sql`quantity >= 1`),
  ],
)

export const vouchers = mapTable(vouchersTable, {
  rank: lockOrder.vouchers,
  key: ['code'],
  lock: 'update',
  updates: ['status', 'redeemed_at', 'redeemed_by'],
})

export type Voucher = typeof vouchersTable.$inferSelect

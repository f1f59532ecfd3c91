import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  decimal,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  smallint,
  text,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core'
import { asciiText, instant, utcNow } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'

export const orderStatuses = ['pending', 'completed', 'cancelled', 'expired'] as const
export const stockOperations = ['purchase', 'restock', 'admin_adjust', 'cancel', 'expire'] as const

/** Goods for points; `stock` equals the sum of their movements. A deleted one is off sale for good, orders keep it. */
export const productsTable = mysqlTable(
  'products',
  {
    commodity_id: int().autoincrement().primaryKey(),
    name: varchar({ length: 100 }).notNull(),
    description: text(),
    category: varchar({ length: 50 }).notNull(),
    exchange_points: int().notNull(),
    stock: int().notNull().default(0),
    /** The number of its last movement. */
    stock_seq: int().notNull().default(0),
    image: varchar({ length: 512 }),
    status: mysqlEnum(['active', 'inactive', 'deleted']).notNull().default('active'),
    is_hot: boolean().notNull().default(false),
    sort_order: int().notNull().default(0),
    rating: decimal({ precision: 2, scale: 1, mode: 'number' }).notNull().default(5),
    sales_count: int().notNull().default(0),
    /** How many of it one user may hold or have had; null: no limit. */
    per_user_limit: int(),
    low_stock_threshold: int().notNull().default(10),
    created_at: instant().notNull().default(utcNow),
    updated_at: instant().notNull().default(utcNow),
  },
  (table) => [
    // `readProducts`, asked once a second for the catalogue. Without it each look reads the deleted products as well,
    // and those stay for good.
    index('products_status_sort').on(table.status, table.sort_order),
    check('products_stock_never_negative', sql`stock >= 0`),
    check('products_points_positive', sql`exchange_points > 0`),
    check('products_sales_never_negative', sql`sales_count >= 0`),
  ],
)

export type Product = typeof productsTable.$inferSelect

/** Every change of stock, append-only. */
export const stockMovementsTable = mysqlTable(
  'stock_movements',
  {
    movement_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    commodity_id: int()
      .notNull()
      .references(() => productsTable.commodity_id),
    quantity_change: int().notNull(),
    operation: mysqlEnum(stockOperations).notNull(),
    related_id: asciiText({ length: 64 }).notNull(),
    created_at: instant().notNull(),
  },
  (table) => [
    // `reconcile`: the sum of a product's movements, from the index alone. Carries the product's foreign key.
    index('stock_movements_product').on(table.commodity_id, table.quantity_change),
    // One movement a cause and kind: an order's goods can't come back twice. Serves `reconcile` and `seedProducts`.
    unique('stock_movements_once').on(table.related_id, table.operation),
    check('stock_movements_change', sql`quantity_change <> 0`),
  ],
)

/** Orders: goods promised for points that were paid. */
export const exchangeRecordsTable = mysqlTable(
  'exchange_records',
  {
    exchange_id: asciiText({ length: 24 }).primaryKey(),
    // A code names one order.
    exchange_code: asciiText({ length: 10 }).notNull().unique('exchange_records_code'),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    commodity_id: int()
      .notNull()
      .references(() => productsTable.commodity_id),
    product_name: varchar({ length: 100 }).notNull(),
    product_image: varchar({ length: 512 }),
    quantity: smallint().notNull(),
    total_points: int().notNull(),
    status: mysqlEnum(orderStatuses).notNull(),
    expires_at: instant().notNull(),
    completed_at: instant(),
    created_at: instant().notNull(),
  },
  (table) => [
    // `readOrders`, newest first without a sort; `countActivities`. Carries the user's foreign key.
    index('exchange_records_user').on(table.user_id, table.created_at),
    // `purchases`, from the index alone: asked while the user's row is locked, for a product with a limit a user.
    // Serves `readOrders` with a status, which counts by it.
    index('exchange_records_user_product').on(table.user_id, table.commodity_id, table.status, table.quantity),
    // `expireOrders`, oldest end first. Without it the job reads every order each minute.
    index('exchange_records_due').on(table.status, table.expires_at),
    // `merchantStatistics`: orders and their points by day, from the index alone. Without it a look reads every order.
    index('exchange_records_created_at').on(table.created_at, table.total_points),
    check('exchange_records_quantity', sql`quantity BETWEEN 1 AND 99`),
    check('exchange_records_points', sql`total_points > 0`),
  ],
)

export const products = mapTable(productsTable, {
  rank: lockOrder.products,
  key: ['commodity_id'],
  lock: 'update',
  updates: [
    'name',
    'description',
    'category',
    'exchange_points',
    'stock',
    'stock_seq',
    'image',
    'status',
    'is_hot',
    'sort_order',
    'rating',
    'sales_count',
    'per_user_limit',
    'low_stock_threshold',
    'created_at',
    'updated_at',
  ],
})

export const orders = mapTable(exchangeRecordsTable, {
  rank: lockOrder.orders,
  key: ['exchange_id'],
  lock: 'update',
  updates: ['status', 'completed_at'],
})

export const stockMovements = mapTable(stockMovementsTable, {
  rank: lockOrder.journals,
  key: ['movement_id'],
  lock: 'none',
  updates: [],
})

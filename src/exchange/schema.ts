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
import { stockLeaf } from './stock-leaf.ts'

export const orderStatuses = ['pending', 'completed', 'cancelled', 'expired'] as const
export const stockOperations = ['purchase', 'restock', 'admin_adjust', 'cancel', 'expire'] as const

/**
 * Products for points. `stock` equals the sum of their movements. A deleted product stays for the sake of its orders.
 */
export const productsTable = mysqlTable(
  'products',
  {
    commodity_id: int().autoincrement().primaryKey(),
    name: varchar({ length: 100 }).notNull(),
    description: text(),
    category: varchar({ length: 50 }).notNull(),
    exchange_points: int().notNull(),
    stock: int().notNull().default(0),
    /** How many movements of stock it has had. It puts the product's pushes in order. */
    stock_seq: int().notNull().default(0),
    image: varchar({ length: 512 }),
    status: mysqlEnum(['active', 'inactive', 'deleted']).notNull().default('active'),
    is_hot: boolean().notNull().default(false),
    sort_order: int().notNull().default(0),
    rating: decimal({ precision: 2, scale: 1, mode: 'number' }).notNull().default(5),
    sales_count: int().notNull().default(0),
    /** How many units one user may buy in all; null means no limit. */
    per_user_limit: int(),
    low_stock_threshold: int().notNull().default(10),
    created_at: instant().notNull().default(utcNow),
    updated_at: instant().notNull().default(utcNow),
  },
  (table) => [
    // `readProducts`, for the catalogue after each change of stock, and once a second. Without it each call reads the
    // deleted products as well, and those stay for ever.
    index('products_status_sort').on(table.status, table.sort_order),
    check('products_stock_never_negative', sql`stock >= 0`),
    check('products_points_positive', sql`exchange_points > 0`),
    check('products_sales_never_negative', sql`sales_count >= 0`),
  ],
)

export type Product = typeof productsTable.$inferSelect

/** Every change of stock. Rows are only added. */
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
    // `reconcile`: the sum of a product's movements, from the index alone. Serves the product's foreign key.
    index('stock_movements_product').on(table.commodity_id, table.quantity_change),
    // One movement for each cause and operation: an order's units can't come back twice. Serves `reconcile` and
    // `seedProducts`.
    unique('stock_movements_once').on(table.related_id, table.operation),
    check('stock_movements_change', sql`quantity_change <> 0`),
  ],
)

/** Orders: products that were paid with points, to be collected at the counter. */
export const exchangeRecordsTable = mysqlTable(
  'exchange_records',
  {
    exchange_id: asciiText({ length: 24 }).primaryKey(),
    /** The code of the order's voucher, whose key makes it unique. */
    exchange_code: asciiText({ length: 10 }).notNull(),
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
    // `readOrders`, newest first without a sort, and `countActivities`. Serves the user's foreign key.
    index('exchange_records_user').on(table.user_id, table.created_at),
    // `pendingOrders` and `purchases`, from the index alone: they run while the user's row is locked, and must not read
    // every order that the user ever placed. Serves the count of `readOrders` with a status.
    index('exchange_records_user_status').on(table.user_id, table.status, table.commodity_id, table.quantity),
    // `expireOrders`, the earliest expiry first. Without it the job reads every order each minute.
    index('exchange_records_due').on(table.status, table.expires_at),
    // `readMerchantStatistics`: orders and their points by day, from the index alone. Without it each call reads every
    // order.
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
  logged: { leafOf: stockLeaf },
})

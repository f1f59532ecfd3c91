import { and, eq } from 'drizzle-orm'
import type { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { listReader } from '../db/lists.ts'
import { columnsOf } from '../db/table-rows.ts'
import { orderView } from './order-view.ts'
import { exchangeRecordsTable } from './schema.ts'
import type { ordersQuery } from './wire.ts'

const table = exchangeRecordsTable

const readList = listReader({
  table: 'exchange_records',
  columns: columnsOf(table, [
    ...(['exchange_id', 'exchange_code', 'commodity_id', 'product_name', 'product_image', 'quantity'] as const),
    ...(['total_points', 'status', 'expires_at', 'completed_at', 'created_at'] as const),
  ]),
  order: 'exchange_records.created_at DESC, exchange_records.exchange_id DESC',
})

/** A page of the user's orders, newest first. */
export async function readOrders(database: Database, userId: number, query: z.output<typeof ordersQuery>) {
  const { rows, total } = await readList(database, {
    of: { sql: 'exchange_records.user_id = ?', params: [userId] },
    filters: query.status ? [{ sql: 'exchange_records.status = ?', params: [query.status] }] : [],
    page: query.page,
    limit: query.limit,
  })
  return { orders: rows.map(orderView), pagination: paginationOf(query, total) }
}

/**
 * The user's order, which holds the keys of the operation's rows.
 * @throws {Refusal} 4007 for an unknown order, and for another user's.
 */
export async function requireOrder({ orm }: Database, userId: number, exchangeId: string) {
  const [order] = await orm
    .select()
    .from(table)
    .where(and(eq(table.exchange_id, exchangeId), eq(table.user_id, userId)))
  if (!order) throw new Refusal(4007)
  return order
}

import { and, desc, eq, type SQL } from 'drizzle-orm'
import type { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { orderView } from './order-view.ts'
import { exchangeRecordsTable } from './schema.ts'
import type { ordersQuery } from './wire.ts'

const table = exchangeRecordsTable

/** A page of the user's orders, newest first. */
export async function readOrders(database: Database, userId: number, query: z.output<typeof ordersQuery>) {
  const conditions: SQL[] = [eq(table.user_id, userId)]
  if (query.status) conditions.push(eq(table.status, query.status))
  const { rows, total } = await pageOf(database, table, {
    ...query,
    where: and(...conditions),
    order: [desc(table.created_at), desc(table.exchange_id)],
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

import type { exchangeRecordsTable } from './schema.ts'
import type { Order } from './wire.ts'

/** An order as its owner sees it. */
export function orderView(order: Readonly<Omit<typeof exchangeRecordsTable.$inferSelect, 'user_id'>>): Order {
  return {
    exchange_id: order.exchange_id,
    exchange_code: order.exchange_code,
    product_id: order.commodity_id,
    product_name: order.product_name,
    product_image: order.product_image,
    quantity: order.quantity,
    total_points: order.total_points,
    status: order.status,
    expires_at: order.expires_at.toISOString(),
    completed_at: order.completed_at?.toISOString() ?? null,
    created_at: order.created_at.toISOString(),
  }
}

import type { Push } from '../contract/messages.ts'
import { post } from '../points/post.ts'
import { type Need, rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { vouchers } from '../vouchers/schema.ts'
import { orders, products } from './schema.ts'
import { moveStock } from './stock.ts'

/** The keys of an order's rows. They are read without a lock before the operation, which has to name its rows. */
export interface OrderRows {
  userId: number
  exchangeId: string
  productId: number
  code: string
}

export function orderNeeds({ userId, exchangeId, productId, code }: OrderRows): Need[] {
  return [rows(users, userId), rows(orders, exchangeId), rows(vouchers, code), rows(products, productId)]
}

/** Ends a pending order that was not collected: points and stock go back, and its voucher ends. Returns the balance. */
export function giveBack(
  unit: UnitOfWork<Push>,
  { userId, exchangeId, productId, code }: OrderRows,
  how: { status: 'cancelled' | 'expired'; operation: 'cancel' | 'expire'; says: string },
): number {
  const order = unit.get(orders, [exchangeId])
  const { quantity } = order
  unit.update(orders, order, { status: how.status })
  unit.update(vouchers, unit.get(vouchers, [code]), { status: how.status })
  const back = { change: quantity, operation: how.operation, related_id: exchangeId, sold: -quantity } as const
  moveStock(unit, unit.get(products, [productId]), back)
  return post(unit, unit.get(users, [userId]), {
    points: order.total_points,
    source: 'exchange_cancel',
    related_id: exchangeId,
    description: `${how.says} ${order.product_name} × ${quantity}`,
  })
}

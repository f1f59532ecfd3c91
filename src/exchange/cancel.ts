import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { post } from '../points/post.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/shelf.ts'
import { users } from '../users/schema.ts'
import { vouchers } from '../vouchers/schema.ts'
import { orderView } from './order-view.ts'
import { orders, products } from './schema.ts'
import { moveStock } from './stock.ts'
import type { CancelAnswer } from './wire.ts'

/** The order's rows, read by the edge without a lock so that they can be named. */
export interface Cancellation {
  userId: number
  exchangeId: string
  productId: number
  code: string
}

/** A pending order is called off by its owner: points and stock go back, its voucher dies. */
export const cancel: Operation<Cancellation, CancelAnswer, Push> = {
  name: 'cancel',
  owner: ({ userId }) => userId,
  needs: ({ userId, exchangeId, productId, code }) => [
    rows(users, userId),
    rows(orders, exchangeId),
    rows(vouchers, code),
    rows(products, productId),
  ],
  decide(books, { userId, exchangeId, productId, code }) {
    const order = books.find(orders, [exchangeId])
    if (!order || order.user_id !== userId) throw new Refusal(4007)
    if (order.status !== 'pending') throw new Refusal(4008, { current_status: order.status })
    const quantity = order.quantity
    books.update(orders, order, { status: 'cancelled' })
    books.update(vouchers, books.get(vouchers, [code]), { status: 'cancelled' })
    const back = { change: quantity, operation: 'cancel', related_id: exchangeId, sold: -quantity } as const
    moveStock(books, books.get(products, [productId]), back)
    const balance = post(books, books.get(users, [userId]), {
      points: order.total_points,
      source: 'exchange_cancel',
      related_id: exchangeId,
      description: `取消兑换 ${order.product_name} × ${quantity}`,
    })
    return { ...orderView(order), remaining_points: balance }
  },
}

import type { Push } from '../contract/messages.ts'
import type { Operation } from '../till/operation.ts'
import { giveBack, type OrderRows, orderNeeds } from './give-back.ts'
import { orders } from './schema.ts'

/** An order that nobody fetched in time ends, once: points and stock go back, its voucher dies. */
export const expireOrder: Operation<OrderRows, { changed: boolean }, Push> = {
  name: 'expire_order',
  owner: ({ productId }) => productId,
  needs: orderNeeds,
  decide(books, input) {
    const order = books.find(orders, [input.exchangeId])
    if (order?.status !== 'pending' || order.expires_at > books.now) return { changed: false }
    giveBack(books, input, { status: 'expired', operation: 'expire', says: '兑换过期退回' })
    return { changed: true }
  },
}

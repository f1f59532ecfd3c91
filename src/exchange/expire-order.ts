import type { Push } from '../contract/messages.ts'
import type { Operation } from '../till/operation.ts'
import { giveBack, type OrderRows, orderNeeds } from './give-back.ts'
import { orders } from './schema.ts'

/** Ends an order that was not collected in time, once: points and stock go back, and its voucher ends. */
export const expireOrder: Operation<OrderRows, { changed: boolean }, Push> = {
  name: 'expire_order',
  laneKey: ({ productId }) => productId,
  needs: orderNeeds,
  decide(unit, input) {
    const order = unit.find(orders, [input.exchangeId])
    if (order?.status !== 'pending' || order.expires_at > unit.now) return { changed: false }
    giveBack(unit, input, { status: 'expired', operation: 'expire', says: '兑换过期退回' })
    return { changed: true }
  },
}

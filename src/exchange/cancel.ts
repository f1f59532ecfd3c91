import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { giveBack, type OrderRows, orderNeeds } from './give-back.ts'
import { orderView } from './order-view.ts'
import { orders } from './schema.ts'
import type { CancelAnswer } from './wire.ts'

/** Cancels a pending order for its owner: points and stock go back, and its voucher ends. */
export const cancel: Operation<OrderRows, CancelAnswer, Push> = {
  name: 'cancel',
  laneKey: ({ productId }) => productId,
  needs: orderNeeds,
  decide(unit, input) {
    const order = unit.find(orders, [input.exchangeId])
    if (!order || order.user_id !== input.userId) throw new Refusal(4007)
    if (order.status !== 'pending') throw new Refusal(4008, { current_status: order.status })
    const remaining_points = giveBack(unit, input, { status: 'cancelled', operation: 'cancel', says: '取消兑换' })
    return { ...orderView(order), remaining_points }
  },
}

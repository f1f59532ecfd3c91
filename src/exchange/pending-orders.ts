import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'

/** How many orders of a user wait at the counter, with those that have expired until a job ends them. */
export interface PendingOrders {
  user_id: number
  orders: number
}

/**
 * Counted while the user's row is locked, so that no other order of theirs can be placed meanwhile, and before the
 * product's row is locked, for which other buyers wait.
 */
export const pendingOrders = derivedMapping({
  name: 'pending_orders',
  rank: lockOrder.pendingOrders,
  updates: ['orders'],
  keyOf: ({ user_id }: PendingOrders) => [user_id],
  async load(tx, keys) {
    const counted = await tx.query<PendingOrders>(
      `SELECT user_id, COUNT(*) AS orders FROM exchange_records
        WHERE user_id IN (?) AND status = 'pending' GROUP BY user_id`,
      [keys.flat()],
    )
    const counts = new Map(counted.map(({ user_id, orders }) => [user_id, orders]))
    return keys.map(([user_id]) => ({ user_id: Number(user_id), orders: counts.get(Number(user_id)) ?? 0 }))
  },
})

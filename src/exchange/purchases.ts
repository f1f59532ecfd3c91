import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'

/** How many units of a product a user has bought, in pending and completed orders. */
export interface Purchases {
  user_id: number
  commodity_id: number
  quantity: number
}

/** Read while the user's row is locked, so that no other order of theirs can be placed meanwhile. */
export const purchases = derivedMapping({
  name: 'purchases',
  rank: lockOrder.purchases,
  updates: ['quantity'],
  keyOf: ({ user_id, commodity_id }: Purchases) => [user_id, commodity_id],
  async load(tx, keys) {
    const where = keys.map(() => '(user_id = ? AND commodity_id = ?)').join(' OR ')
    const counted = await tx.query<{ user_id: number; commodity_id: number; quantity: string }>(
      `SELECT user_id, commodity_id, SUM(quantity) AS quantity FROM exchange_records
        WHERE (${where}) AND status IN ('pending', 'completed') GROUP BY user_id, commodity_id`,
      keys.flat(),
    )
    const figures = new Map(counted.map((row) => [`${row.user_id}/${row.commodity_id}`, Number(row.quantity)]))
    return keys.map(([user_id, commodity_id]) => ({
      user_id: Number(user_id),
      commodity_id: Number(commodity_id),
      quantity: figures.get(`${user_id}/${commodity_id}`) ?? 0,
    }))
  },
})

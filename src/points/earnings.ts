import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'
import type { LedgerSource } from './schema.ts'

/** What brings someone to the restaurant. A new account has none of it, only its bonus and what that won. */
const earnedAtTheRestaurant: readonly LedgerSource[] = ['photo_upload', 'check_in']

/** Whether a user has ever earned points by a receipt or a check-in. */
export interface Earnings {
  user_id: number
  isEarner: boolean
}

/** Read while the user's row is locked. */
export const earnings = derivedMapping({
  name: 'earnings',
  rank: lockOrder.earnings,
  updates: [],
  keyOf: ({ user_id }: Earnings) => [user_id],
  async load(tx, keys) {
    const earners = await tx.query<{ user_id: number }>(
      `SELECT user_id FROM users WHERE user_id IN (?) AND EXISTS
        (SELECT 1 FROM points_records WHERE points_records.user_id = users.user_id AND source IN (?))`,
      [keys.flat(), earnedAtTheRestaurant],
    )
    const known = new Set(earners.map(({ user_id }) => user_id))
    return keys.map(([user_id]) => ({ user_id: Number(user_id), isEarner: known.has(Number(user_id)) }))
  },
})

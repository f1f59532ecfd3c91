import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/shelf.ts'
import { users } from '../users/schema.ts'
import { audit } from './audit.ts'

export interface MerchantChange {
  userId: number
  isMerchant: boolean
}

/** The command line makes someone a merchant, or no longer one. */
export const setMerchant: Operation<MerchantChange, { changed: boolean }> = {
  name: 'set_merchant',
  owner: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(books, { userId, isMerchant }) {
    const user = books.find(users, [userId])
    if (!user) throw new Refusal(2003)
    if (user.is_merchant === isMerchant) return { changed: false }
    books.update(users, user, { is_merchant: isMerchant, updated_at: books.now })
    const action = isMerchant ? 'merchant.grant' : 'merchant.revoke'
    audit(books, { actorId: null, action, target: `user:${userId}`, details: {} })
    return { changed: true }
  },
}

import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/shelf.ts'
import { type User, users } from '../users/schema.ts'
import { audit } from './audit.ts'

export interface StandingChange {
  userId: number
  status: User['status']
}

/** The command line stops an account, or lets its owner back in. Replicas know within half a minute. */
export const setStanding: Operation<StandingChange, { changed: boolean }> = {
  name: 'set_standing',
  owner: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(books, { userId, status }) {
    const user = books.find(users, [userId])
    if (!user) throw new Refusal(2003)
    if (user.status === status) return { changed: false }
    books.update(users, user, { status, updated_at: books.now })
    audit(books, {
      actorId: null,
      action: `account.${status}`,
      target: `user:${userId}`,
      details: { was: user.status },
    })
    return { changed: true }
  },
}

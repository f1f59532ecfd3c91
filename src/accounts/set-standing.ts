import { Refusal } from '../contract/refusals.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { type User, users } from '../users/schema.ts'

export interface StandingChange {
  userId: number
  status: User['status']
  actor: Actor
}

/** The command line stops an account, or lets its owner back in. Replicas know within half a minute. */
export const setStanding: Operation<StandingChange, { changed: boolean }> = {
  name: 'set_standing',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(unit, { userId, status, actor }) {
    const user = unit.find(users, [userId])
    if (!user) throw new Refusal(2003)
    const before = { status: user.status }
    if (user.status === status) return { changed: false }
    unit.update(users, user, { status, updated_at: unit.now })
    audit(unit, actor, { action: `account.${status}`, target: `user:${userId}`, before, after: { status } })
    return { changed: true }
  },
}

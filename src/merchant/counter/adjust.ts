import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { post } from '../../points/post.ts'
import type { Actor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import { users } from '../../users/schema.ts'

export interface Adjustment {
  userId: number
  /** Positive or negative, never 0. */
  points: number
  reason: string
  /** Names the correction in the ledger. */
  adjustmentId: string
  actor: Actor
}

export interface AdjustmentAnswer {
  user_id: number
  new_balance: number
}

/** Corrects a balance, for a reason, on behalf of one of the staff or the command line. Nobody corrects their own. */
export const adjust: Operation<Adjustment, AdjustmentAnswer, Push> = byStaff('corrections', {
  name: 'adjust_points',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(unit, { userId, points, reason, adjustmentId, actor }) {
    if (actor.userId === userId) throw new Refusal(6008, null, { sentence: '不能更正自己的积分' })
    const user = unit.find(users, [userId])
    if (!user) throw new Refusal(2003)
    const before = { total_points: user.total_points }
    const entry = { points, source: 'admin', related_id: adjustmentId, description: reason } as const
    const new_balance = post(unit, user, entry, 4005)
    audit(unit, actor, {
      action: 'points.adjust',
      target: `user:${userId}`,
      before,
      after: { total_points: new_balance },
      details: { points, reason },
    })
    return { user_id: userId, new_balance }
  },
})

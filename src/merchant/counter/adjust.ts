import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { post } from '../../points/post.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import { users } from '../../users/schema.ts'
import { audit } from '../audit.ts'

export interface Adjustment {
  userId: number
  /** Positive or negative, never 0. */
  points: number
  reason: string
  /** Names the correction in the ledger. */
  adjustmentId: string
  actorId: number | null
}

export interface AdjustmentAnswer {
  user_id: number
  new_balance: number
}

/** Corrects a balance, for a reason, on behalf of a merchant or the command line. */
export const adjust: Operation<Adjustment, AdjustmentAnswer, Push> = {
  name: 'adjust_points',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(unit, { userId, points, reason, adjustmentId, actorId }) {
    const user = unit.find(users, [userId])
    if (!user) throw new Refusal(2003)
    const entry = { points, source: 'admin', related_id: adjustmentId, description: reason } as const
    const new_balance = post(unit, user, entry, 4005)
    audit(unit, {
      actorId,
      action: 'points.adjust',
      target: `user:${userId}`,
      details: { points, reason, new_balance },
    })
    return { user_id: userId, new_balance }
  },
}

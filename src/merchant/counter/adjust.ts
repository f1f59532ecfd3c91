import type { Alerting } from '../../alerts/alert.ts'
import { type Asking, consentNeeds, consentTo, type Waiting } from '../../approvals/consent.ts'
import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { post } from '../../points/post.ts'
import type { Actor, SystemActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { countGift, type Gift, type GiftRules, givenNeed, passedBudgets } from '../../staff/given.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import { type User, users } from '../../users/schema.ts'

export interface Correction {
  userId: number
  /** Positive or negative, never 0. */
  points: number
  reason: string
  /** Names the correction in the ledger. */
  adjustmentId: string
}

/** One by the staff; the rules are those of the business day. */
export interface StaffCorrection extends Correction, Asking {
  day: string
  gifts: GiftRules
}

/** One by the command line, which is audited and not budgeted. */
export type CommandCorrection = Correction & { actor: SystemActor }

export interface AdjustmentAnswer {
  user_id: number
  new_balance: number
}

const subjectOf = ({ userId }: Pick<Correction, 'userId'>) => `user:${userId}`

/** Corrects a balance, for a reason, on behalf of the command line. */
export const adjust: Operation<CommandCorrection, AdjustmentAnswer, Push> = {
  name: 'adjust_points',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide: (unit, input) => correct(unit, requireMember(unit, input), input),
}

/**
 * Corrects a balance, for a reason, on behalf of one of the staff. Nobody corrects their own. What is given is at their
 * discretion, and waits for consent when it passes a limit; what is taken isn't.
 */
export const adjustByStaff: Operation<StaffCorrection, (AdjustmentAnswer & Alerting) | Waiting, Push> = byStaff(
  'corrections',
  {
    name: 'adjust_points',
    laneKey: ({ userId }) => userId,
    needs: (input) => [
      rows(users, input.userId),
      ...(input.points > 0 ? [givenNeed(giftOf(input)), ...consentNeeds(subjectOf(input))] : []),
    ],
    decide(unit, input) {
      if (input.actor.userId === input.userId) throw new Refusal(6008, null, { sentence: '不能更正自己的积分' })
      const user = requireMember(unit, input)
      return input.points > 0 ? give(unit, user, input) : correct(unit, user, input)
    },
  },
)

function requireMember(unit: UnitOfWork<Push>, { userId }: Correction): Readonly<User> {
  const user = unit.find(users, [userId])
  if (!user) throw new Refusal(2003)
  return user
}

function giftOf({ day, actor, userId, points }: StaffCorrection): Gift {
  return { day, giverId: actor.userId, dinerId: userId, ordinary: 0, discretionary: points }
}

function give(
  unit: UnitOfWork<Push>,
  user: Readonly<User>,
  input: StaffCorrection,
): (AdjustmentAnswer & Alerting) | Waiting {
  const { userId, points, reason, adjustmentId, gifts } = input
  const gift = giftOf(input)
  const request: Correction = { userId, points, reason, adjustmentId }
  const consent = consentTo(unit, input, {
    ...{ kind: 'correction', subject: subjectOf(input), forUser: userId, points, request },
    reasons: [
      ...(points > gifts.mostAlone_points ? ['gift' as const] : []),
      ...passedBudgets(unit, gift, gifts.budgets),
    ],
    before: { total_points: user.total_points },
    after: { total_points: user.total_points + points },
  })
  if (consent.waiting) return consent.waiting
  const alerts = [...consent.alerts, ...countGift(unit, gift, gifts.budgets)]
  const answer = correct(unit, user, input, consent.details)
  return alerts.length > 0 ? { ...answer, alerts } : answer
}

function correct(
  unit: UnitOfWork<Push>,
  user: Readonly<User>,
  { userId, points, reason, adjustmentId, actor }: Correction & { actor: Actor },
  details: object = {},
): AdjustmentAnswer {
  const before = { total_points: user.total_points }
  const entry = { points, source: 'admin', related_id: adjustmentId, description: reason } as const
  const new_balance = post(unit, user, entry, 4005)
  const after = { total_points: new_balance }
  audit(unit, actor, {
    ...{ action: 'points.adjust', target: subjectOf({ userId }), before, after },
    details: { points, reason, ...details },
  })
  return { user_id: userId, new_balance }
}

import type { Alerting } from '../alerts/alert.ts'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { StaffActor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import { byStaff } from '../staff/standing.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { Asking } from './consent.ts'
import { statusAt } from './end.ts'
import { type Approval, approvals, pendingApprovals } from './schema.ts'
import type { DecisionAnswer } from './wire.ts'

export interface Decision<Input extends Asking> {
  /** Who decides. */
  actor: StaffActor
  action: 'approve' | 'reject'
  reason?: string | undefined
  /** What stays the same of an approval, read before: the operation has to name its rows. */
  approval: Pick<Approval, 'approval_id' | 'subject'>
  /** What was asked for, with its asker as the actor. */
  deed: Input
}

/** Codes that say: who asked is not, or no more, one of the staff who may do this. */
const outOfOffice: readonly number[] = [2004, 2005, 2007]

/**
 * Makes the decision about an approval of one kind: approval and deed change in one transaction, or neither. The deed is
 * done in its asker's name, and all its rules are looked at again.
 */
export function decisionOn<Input extends Asking, Answer extends object>(
  operation: Operation<Input, Answer, Push>,
): Operation<Decision<Input>, DecisionAnswer & Alerting, Push> {
  return byStaff('approvals', {
    name: 'decide_approval',
    laneKey: ({ deed }) => operation.laneKey(deed),
    needs: ({ approval: { approval_id, subject }, deed }) => [
      rows(pendingApprovals, subject),
      rows(approvals, approval_id),
      ...operation.needs(deed),
    ],
    decide(unit, decision) {
      const { actor, action, approval, deed } = decision
      const { approval_id } = approval
      close(unit, requireOpen(unit, decision), decision)
      if (action === 'reject') return { approval_id, approval_status: 'rejected', result: null }
      const { alerts, ...result } = done(() =>
        operation.decide(unit, { ...deed, approved: { approvalId: approval_id, approvedBy: actor.userId } }),
      ) as Answer & Alerting
      return { approval_id, approval_status: 'approved', result, ...(alerts ? { alerts } : {}) }
    },
  })
}

/** @throws {Refusal} 6003, 6004 with `current_status`, 6012 for who asked and for whom it is */
function requireOpen(
  unit: UnitOfWork<Push>,
  { approval: { approval_id }, actor }: Pick<Decision<Asking>, 'approval' | 'actor'>,
): Readonly<Approval> {
  const approval = unit.get(approvals, [approval_id])
  if (approval.asked_by === actor.userId || approval.for_user === actor.userId) throw new Refusal(6012)
  const current_status = statusAt(approval, unit.now)
  if (current_status !== 'pending') throw new Refusal(6004, { current_status }, { sentence: '该申请已处理或已过期' })
  return approval
}

function close(
  unit: UnitOfWork<Push>,
  approval: Readonly<Approval>,
  { actor, action, reason }: Decision<Asking>,
): void {
  const { approval_id, subject } = approval
  const status = action === 'approve' ? 'approved' : 'rejected'
  unit.update(pendingApprovals, unit.get(pendingApprovals, [subject]), { approval_id: null })
  unit.update(approvals, approval, {
    ...{ status, pending_subject: null, decided_by: actor.userId },
    decision_reason: reason || null,
    decided_at: unit.now,
  })
  audit(unit, actor, {
    action: `approval.${action}`,
    target: `approval:${approval_id}`,
    before: { status: 'pending' },
    after: { status },
    details: { approval_id, subject, asked_by: approval.asked_by, reason: reason ?? '' },
  })
}

/** @throws {Refusal} 6012 when who asked has lost the right */
function done<Answer>(deed: () => Answer): Answer {
  try {
    return deed()
  } catch (error) {
    if (error instanceof Refusal && outOfOffice.includes(error.code))
      throw new Refusal(6012, null, { sentence: '申请人已没有这项权限，请驳回这项申请', cause: error })
    throw error
  }
}

import type { Alert, Alerting } from '../alerts/alert.ts'
import type { Push } from '../contract/messages.ts'
import type { StaffActor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import { approvers } from '../staff/standing.ts'
import { type Need, rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { statusAt } from './end.ts'
import { type ApprovalKind, approvals, pendingApprovals, type Reason } from './schema.ts'

/** Who wants to do something that may need consent. */
export interface Asking {
  actor: StaffActor
  /** Names the approval, if one has to be asked for. */
  newApprovalId: string
  /** The approval by which this is done, if another person agreed already. */
  approved?: Approved | undefined
}

export interface Approved {
  approvalId: string
  approvedBy: number
}

/** What would be done. */
export interface Wish {
  kind: ApprovalKind
  subject: string
  reasons: readonly Reason[]
  /** Who would get it; null: nobody in particular. */
  forUser: number | null
  points: number | null
  /** What is kept of the operation's input, to do it once it is approved. */
  request: object
  before: object
  after: object
}

/** The answer to what has to wait. Nothing else was changed. */
export interface Waiting extends Alerting {
  approval_id: string
  approval_status: 'pending'
}

export type Consent =
  | { waiting: Waiting }
  | {
      waiting: null
      /** For the audit log: by whose word it is done. */
      details: { approval_id?: string; approved_by?: number; alone?: true; reasons?: readonly Reason[] }
      alerts: readonly Alert[]
    }

/** The rows that `consentTo` and `endPending` read and write. */
export function consentNeeds(subject: string): Need[] {
  return [...pendingNeeds(subject), rows(approvers, 1)]
}

/** The rows that `pendingFor` reads, and `endPending` writes. */
export function pendingNeeds(subject: string): Need[] {
  return [
    rows(pendingApprovals, subject),
    {
      mapping: approvals,
      keys: (unit) => {
        const id = unit.find(pendingApprovals, [subject])?.approval_id
        return id ? [[id]] : []
      },
    },
  ]
}

/**
 * Whether something may be done now. What passes a limit waits for another person, unless there is nobody else and the
 * asker is an owner, or a manager of a restaurant without one.
 */
export function consentTo(unit: UnitOfWork<Push>, asking: Asking, wish: Wish): Consent {
  const { actor, approved } = asking
  const { reasons, subject } = wish
  if (approved) {
    const details = { approval_id: approved.approvalId, approved_by: approved.approvedBy }
    return { waiting: null, details, alerts: [] }
  }
  if (reasons.length === 0) return { waiting: null, details: {}, alerts: [] }
  if (isAlone(unit, actor.userId, wish.forUser)) {
    endPending(unit, subject)
    const alert = { event: 'approval_alone', staff_id: actor.userId, subject, reasons } as const
    return { waiting: null, details: { alone: true, reasons }, alerts: [alert] }
  }
  return { waiting: ask(unit, asking, wish) }
}

function isAlone(unit: UnitOfWork<Push>, askerId: number, forUser: number | null): boolean {
  const { people } = unit.get(approvers, [1])
  const others = people.filter(({ user_id }) => user_id !== askerId)
  const role = people.find(({ user_id }) => user_id === askerId)?.role
  if (role === 'owner') return others.every(({ user_id }) => user_id === forUser)
  return role === 'manager' && others.length === 0
}

function ask(unit: UnitOfWork<Push>, { actor, newApprovalId }: Asking, wish: Wish): Waiting {
  const { kind, subject, reasons, points, before, after } = wish
  const waiting = pendingFor(unit, subject)
  if (waiting !== null) return { approval_id: waiting, approval_status: 'pending' }
  endPending(unit, subject)
  const approval_id = newApprovalId
  unit.append(approvals, {
    ...{ approval_id, kind, subject, pending_subject: subject, points },
    reasons: JSON.stringify(reasons),
    request: JSON.stringify(wish.request),
    state_before: JSON.stringify(before),
    state_after: JSON.stringify(after),
    asked_by: actor.userId,
    asked_from: actor.addressId,
    for_user: wish.forUser,
    status: 'pending',
    ...{ decided_by: null, decision_reason: null, decided_at: null },
    created_at: unit.now,
  })
  unit.update(pendingApprovals, unit.get(pendingApprovals, [subject]), { approval_id })
  const target = `approval:${approval_id}`
  audit(unit, actor, { action: 'approval.ask', target, before, after, details: { approval_id, subject, reasons } })
  const alert = { event: 'approval_asked', staff_id: actor.userId, subject, reasons } as const
  return { approval_id, approval_status: 'pending', alerts: [alert] }
}

/** The approval that waits for a subject now, or null. */
export function pendingFor(unit: UnitOfWork<Push>, subject: string): string | null {
  const { approval_id } = unit.get(pendingApprovals, [subject])
  return approval_id !== null && statusAt(unit.get(approvals, [approval_id]), unit.now) === 'pending'
    ? approval_id
    : null
}

/** Ends what waits for a subject: it was decided in another way, or its time is over. */
export function endPending(unit: UnitOfWork<Push>, subject: string): void {
  const figure = unit.get(pendingApprovals, [subject])
  if (figure.approval_id === null) return
  const approval = unit.get(approvals, [figure.approval_id])
  unit.update(pendingApprovals, figure, { approval_id: null })
  if (approval.status !== 'pending') return
  unit.update(approvals, approval, { status: 'expired', pending_subject: null, decided_at: unit.now })
}

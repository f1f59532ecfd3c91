import { and, eq, gt, lte, or, type SQL } from 'drizzle-orm'
import type { Push } from '../contract/messages.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { type Approval, approvals, approvalsTable, pendingApprovals } from './schema.ts'

const life_ms = 7 * day_ms

/** What was asked before this instant has ended. */
function endedBefore(now: Date): Date {
  return new Date(now.getTime() - life_ms)
}

export function endsAt({ created_at }: Pick<Approval, 'created_at'>): Date {
  return new Date(created_at.getTime() + life_ms)
}

/** Its status, also in the moment before the job has ended it. */
export function statusAt({ status, created_at }: Pick<Approval, 'status' | 'created_at'>, now: Date) {
  return status === 'pending' && endsAt({ created_at }) <= now ? 'expired' : status
}

/** The same as a condition in SQL. */
export function hasStatusAt(status: Approval['status'], now: Date): SQL | undefined {
  const { status: stored, created_at } = approvalsTable
  if (status === 'pending') return and(eq(stored, 'pending'), gt(created_at, endedBefore(now)))
  if (status === 'expired') return or(eq(stored, 'expired'), isOverdue(now))
  return eq(stored, status)
}

/** What has ended, but is not marked yet. */
export function isOverdue(now: Date): SQL | undefined {
  return and(eq(approvalsTable.status, 'pending'), lte(approvalsTable.created_at, endedBefore(now)))
}

/** Ends an approval that nobody decided in time, once. */
export const expireApproval: Operation<{ approvalId: string; subject: string }, { changed: boolean }, Push> = {
  name: 'expire_approval',
  laneKey: ({ subject }) => subject,
  needs: ({ approvalId, subject }) => [rows(pendingApprovals, subject), rows(approvals, approvalId)],
  decide(unit, { approvalId, subject }) {
    const approval = unit.get(approvals, [approvalId])
    if (approval.status !== 'pending' || statusAt(approval, unit.now) === 'pending') return { changed: false }
    unit.update(pendingApprovals, unit.get(pendingApprovals, [subject]), { approval_id: null })
    unit.update(approvals, approval, { status: 'expired', pending_subject: null, decided_at: unit.now })
    return { changed: true }
  },
}

import { z } from 'zod'
import { pageQuery, pagination, prose, timestamp } from '../contract/wire.ts'
import { personInfo } from '../users/user-info.ts'
import { approvalKinds, approvalReasons, approvalStatuses } from './schema.ts'

const status = z.enum(approvalStatuses)
const named = personInfo.pick({ user_id: true, nickname: true })
const state = z.record(z.string(), z.unknown())

export const approvalsQuery = pageQuery.extend({ status: status.default('pending') })
export type ApprovalsQuery = z.output<typeof approvalsQuery>

const approval = z.object({
  approval_id: z.string(),
  approval_status: status,
  kind: z.enum(approvalKinds),
  /** Such as `user:5`, as in the audit log. */
  subject: z.string(),
  /** Which limits were passed. */
  reasons: z.array(z.enum(approvalReasons)),
  points: z.int().nullable(),
  /** What would change, or was changed. */
  before: state,
  after: state,
  asked_by: named.nullable(),
  asked_at: timestamp,
  asked_reason: z.string().nullable(),
  /** Who gets it; null: nobody in particular. */
  for_user: named.nullable(),
  expires_at: timestamp,
  /** Null while it waits, and where it ended without a decision. */
  decided_by: named.nullable(),
  decided_at: timestamp.nullable(),
  decision_reason: z.string().nullable(),
})
export type ApprovalView = z.output<typeof approval>

export const approvalsAnswer = z.object({ approvals: z.array(approval), pagination })

export const approvalParam = z.object({ id: z.string().regex(/^AP_[0-9A-Z]{16}$/) })

export const decisionBody = z.object({ action: z.enum(['approve', 'reject']), reason: prose(200).trim().optional() })

export const decisionAnswer = z.object({
  approval_id: z.string(),
  approval_status: z.enum(['approved', 'rejected']),
  /** What the approved deed answers; null for a rejection. */
  result: state.nullable(),
})
export type DecisionAnswer = z.output<typeof decisionAnswer>

import { index, int, mysqlEnum, mysqlTable, unique, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { budgetNames } from '../staff/given.ts'
import { derivedMapping, mapTable } from '../till/table-mapping.ts'

/** What may wait for a second pair of eyes. */
export const approvalKinds = ['correction', 'review', 'product'] as const
export type ApprovalKind = (typeof approvalKinds)[number]

/** Why one pair of eyes isn't enough. */
export const approvalReasons = [...budgetNames, 'gift', 'unread', 'copy', 'price', 'limit'] as const
export type Reason = (typeof approvalReasons)[number]

export const approvalStatuses = ['pending', 'approved', 'rejected', 'expired'] as const

/** What one of the staff asked for, and what another said to it. */
export const approvalsTable = mysqlTable(
  'approvals',
  {
    approval_id: asciiText({ length: 24 }).primaryKey(),
    kind: mysqlEnum(approvalKinds).notNull(),
    /** Such as `user:5`, as in the audit log. */
    subject: asciiText({ length: 64 }).notNull(),
    /** The subject while this is pending, else null. */
    pending_subject: asciiText({ length: 64 }),
    /** The limits that were passed. */
    reasons: jsonText().notNull(),
    /** What is done once it is approved, as the operation of its kind takes it. */
    request: jsonText().notNull(),
    /** What would change, as it was and as it would become. */
    state_before: jsonText().notNull(),
    state_after: jsonText().notNull(),
    points: int(),
    asked_by: int().notNull(),
    /** A keyed digest of the network that it was asked from. */
    asked_from: asciiText({ length: 32 }).notNull(),
    /** Who would get it. Null: nobody in particular. */
    for_user: int(),
    status: mysqlEnum(approvalStatuses).notNull(),
    /** Null where nobody decided: it ended, or was needed no more. */
    decided_by: int(),
    decision_reason: varchar({ length: 200 }),
    created_at: instant().notNull(),
    decided_at: instant(),
  },
  (table) => [
    // One pending approval a subject, on any replica. Serves `pendingApprovals` and `readPending`.
    unique('approvals_pending_subject').on(table.pending_subject),
    // `readApprovals`, newest first without a sort; `expireApprovals`.
    index('approvals_status').on(table.status, table.created_at, table.approval_id),
  ],
)

export type Approval = typeof approvalsTable.$inferSelect

export const approvals = mapTable(approvalsTable, {
  rank: lockOrder.approvals,
  key: ['approval_id'],
  lock: 'update',
  updates: ['pending_subject', 'status', 'decided_by', 'decision_reason', 'decided_at'],
})

/** The approval that waits for a subject, if there is one. */
export interface PendingApproval {
  subject: string
  approval_id: string | null
}

/** Read while the subject's own row is locked, so that nobody else asks for it meanwhile. */
export const pendingApprovals = derivedMapping({
  name: 'pending_approvals',
  rank: lockOrder.pendingApprovals,
  updates: ['approval_id'],
  keyOf: ({ subject }: PendingApproval) => [subject],
  async load(tx, keys) {
    const found = await tx.query<PendingApproval>(
      'SELECT pending_subject AS subject, approval_id FROM approvals WHERE pending_subject IN (?)',
      [keys.flat()],
    )
    const known = new Map(found.map(({ subject, approval_id }) => [subject, approval_id]))
    return keys.map(([subject]) => ({ subject: String(subject), approval_id: known.get(String(subject)) ?? null }))
  },
})

import { and, desc, eq, inArray } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { type Person, readPeople } from '../users/queries.ts'
import { endsAt, hasStatusAt, statusAt } from './end.ts'
import { type Approval, approvalsTable } from './schema.ts'
import type { ApprovalsQuery, ApprovalView } from './wire.ts'

const table = approvalsTable

/** A page of approvals of one status, newest first. */
export async function readApprovals(database: Database, query: ApprovalsQuery, now: Date) {
  const where = hasStatusAt(query.status, now)
  const order = [desc(table.created_at), desc(table.approval_id)]
  const { rows, total } = await pageOf(database, table, { ...query, where, order })
  const people = await readPeople(
    database,
    rows.flatMap(({ asked_by, for_user, decided_by }) => [asked_by, for_user, decided_by]),
  )
  return { approvals: rows.map((row) => approvalView(row, people, now)), pagination: paginationOf(query, total) }
}

/** The approvals that wait, by their subjects. */
export async function readPending(
  { orm }: Database,
  subjects: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  if (subjects.length === 0) return new Map()
  const rows = await orm
    .select({ subject: table.subject, approval_id: table.approval_id })
    .from(table)
    .where(and(inArray(table.pending_subject, [...subjects]), hasStatusAt('pending', now)))
  return new Map(rows.map(({ subject, approval_id }) => [subject, approval_id]))
}

/** @throws {Refusal} 6003 for an approval that nobody asked for. */
export async function requireApproval({ orm }: Database, approvalId: string): Promise<Approval> {
  const [row] = await orm.select().from(table).where(eq(table.approval_id, approvalId))
  if (!row) throw new Refusal(6003, null, { sentence: '审批记录不存在' })
  return row
}

function approvalView(row: Approval, people: ReadonlyMap<number, Person>, now: Date): ApprovalView {
  const named = (id: number | null) => {
    const person = people.get(id ?? 0)
    return person ? { user_id: person.user_id, nickname: person.nickname } : null
  }
  return {
    approval_id: row.approval_id,
    approval_status: statusAt(row, now),
    kind: row.kind,
    subject: row.subject,
    reasons: JSON.parse(row.reasons),
    points: row.points,
    before: JSON.parse(row.state_before),
    after: JSON.parse(row.state_after),
    asked_by: named(row.asked_by),
    asked_at: row.created_at.toISOString(),
    asked_reason: (JSON.parse(row.request) as { reason?: string }).reason ?? null,
    for_user: named(row.for_user),
    expires_at: endsAt(row).toISOString(),
    decided_by: named(row.decided_by),
    decided_at: row.decided_at?.toISOString() ?? null,
    decision_reason: row.decision_reason,
  }
}

import { asc } from 'drizzle-orm'
import { expireApproval, isOverdue } from '../approvals/end.ts'
import { approvalsTable } from '../approvals/schema.ts'
import type { Job, JobDeps } from './job.ts'
import { dueAtOnce, runDue } from './run-due.ts'

const table = approvalsTable

/** Ends approvals that nobody decided within seven days. */
export function expireApprovals({ database, till, logger, now }: JobDeps): Job {
  return {
    name: 'expire-approvals',
    about: 'End approvals that waited 7 days for a decision',
    when: '25 * * * * *',
    async step() {
      const due = await database.orm
        .select({ approvalId: table.approval_id, subject: table.subject })
        .from(table)
        .where(isOverdue(now()))
        .orderBy(asc(table.created_at))
        .limit(dueAtOnce)
      return runDue(due, (row) => till.run(expireApproval, row), logger)
    },
  }
}

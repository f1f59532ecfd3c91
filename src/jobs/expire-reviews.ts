import { and, asc, eq, lt, notExists, sql } from 'drizzle-orm'
import { hasStatusAt } from '../approvals/end.ts'
import { approvalsTable } from '../approvals/schema.ts'
import { day_ms } from '../lib/calendar.ts'
import { expireReview } from '../receipts/expire-review.ts'
import { uploadReviewsTable } from '../receipts/schema.ts'
import { subjectOf } from '../receipts/subject.ts'
import type { Job, JobDeps } from './job.ts'
import { dueAtOnce, runDue } from './run-due.ts'

const table = uploadReviewsTable

/** Closes receipts that waited for a review longer than `REVIEW_TTL_DAYS`. What waits for a second person isn't due. */
export function expireReviews({ config, database, till, logger, now }: JobDeps): Job {
  return {
    name: 'expire-reviews',
    about: `Close receipts that waited ${config.REVIEW_TTL_DAYS} days for a review`,
    when: '5 * * * * *',
    async step() {
      const cutoff = new Date(now().getTime() - config.REVIEW_TTL_DAYS * day_ms)
      const subject = sql`CONCAT(${subjectOf({ upload_id: '' })}, ${table.upload_id})`
      const approvalFor = database.orm
        .select({ approval_id: approvalsTable.approval_id })
        .from(approvalsTable)
        .where(and(eq(approvalsTable.pending_subject, subject), hasStatusAt('pending', now())))
      const due = await database.orm
        .select({ uploadId: table.upload_id, userId: table.user_id })
        .from(table)
        .where(and(eq(table.review_status, 'pending'), lt(table.created_at, cutoff), notExists(approvalFor)))
        .orderBy(asc(table.created_at))
        .limit(dueAtOnce)
      return runDue(due, (row) => till.run(expireReview, { ...row, cutoff }), logger)
    },
  }
}

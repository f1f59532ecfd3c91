import { endPending, pendingFor, pendingNeeds } from '../approvals/consent.ts'
import type { Push } from '../contract/messages.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { uploads } from './schema.ts'
import { subjectOf } from './subject.ts'

export interface ReviewExpiry {
  userId: number
  uploadId: string
  /** Uploads from then on may still be reviewed. */
  cutoff: Date
}

const reason = '超过审核期限，未能审核'

/**
 * Closes a receipt that nobody reviewed in time, once, and tells its sender. One that a reviewer approved in time waits
 * for the second person as long as that may take.
 */
export const expireReview: Operation<ReviewExpiry, { changed: boolean }, Push> = {
  name: 'expire_review',
  laneKey: ({ userId }) => userId,
  needs: ({ uploadId }) => [rows(uploads, uploadId), ...pendingNeeds(subjectOf({ upload_id: uploadId }))],
  decide(unit, { userId, uploadId, cutoff }) {
    const upload = unit.find(uploads, [uploadId])
    if (upload?.review_status !== 'pending' || upload.created_at >= cutoff) return { changed: false }
    const subject = subjectOf(upload)
    if (pendingFor(unit, subject) !== null) return { changed: false }
    endPending(unit, subject)
    unit.update(uploads, upload, { review_status: 'expired', review_reason: reason, review_time: unit.now })
    const timestamp = unit.now.toISOString()
    const data = {
      upload_id: uploadId,
      status: 'expired',
      points_awarded: 0,
      review_reason: reason,
      timestamp,
    } as const
    unit.announce({ to: { user_id: userId }, type: 'review_result', data })
    return { changed: true }
  },
}

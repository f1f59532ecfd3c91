import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { post } from '../../points/post.ts'
import { type Upload, uploads } from '../../receipts/schema.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import { users } from '../../users/schema.ts'
import { awardOf, type Claim } from './award.ts'
import type { ReviewAnswer } from './wire.ts'

export interface Review extends Claim {
  uploadId: string
  /** The upload's owner. The id is read before the operation, which has to name its rows. */
  uploaderId: number
  /** The reviewer. */
  actor: StaffActor
  action: 'approve' | 'reject'
  reason?: string | undefined
}

/** Approves or rejects a pending upload, once. Points, ledger row and audit row are saved in one transaction. */
export const review: Operation<Review, ReviewAnswer, Push> = byStaff('reviews', {
  name: 'review',
  laneKey: ({ uploaderId }) => uploaderId,
  needs: ({ uploaderId, uploadId }) => [rows(users, uploaderId), rows(uploads, uploadId)],
  decide(unit, input) {
    const { uploadId, uploaderId, actor, action, amount_fen } = input
    const upload = requireReviewable(unit.find(uploads, [uploadId]), input)
    const user = unit.get(users, [uploaderId])
    const points = action === 'approve' ? awardOf(upload, input).points : 0
    const status = action === 'approve' ? 'approved' : 'rejected'
    const reason = input.reason || (action === 'approve' ? '审核通过' : '小票未通过审核')
    unit.update(uploads, upload, {
      review_status: status,
      points_awarded: points,
      review_reason: reason,
      reviewer_id: actor.userId,
      review_time: unit.now,
      ...(amount_fen === undefined ? {} : { reviewed_amount_fen: amount_fen }),
    })
    unit.announce({
      to: { user_id: uploaderId },
      type: 'review_result',
      data: {
        upload_id: uploadId,
        status,
        points_awarded: points,
        review_reason: reason,
        timestamp: unit.now.toISOString(),
      },
    })
    const before = { review_status: 'pending', total_points: user.total_points }
    const balance = points > 0 ? post(unit, user, award(uploadId, points)) : user.total_points
    audit(unit, actor, {
      action: `review.${action}`,
      target: `upload:${uploadId}`,
      before,
      after: { review_status: status, points_awarded: points, total_points: balance },
      details: { reason, amount_fen: amount_fen ?? null, user_id: uploaderId },
    })
    return {
      upload_id: uploadId,
      action,
      points_awarded: points,
      user_new_balance: balance,
      review_time: unit.now.toISOString(),
    }
  },
})

function requireReviewable(upload: Readonly<Upload> | undefined, { uploaderId, actor }: Review): Readonly<Upload> {
  if (!upload || upload.user_id !== uploaderId) throw new Refusal(6003)
  if (upload.user_id === actor.userId) throw new Refusal(6008)
  if (upload.review_status !== 'pending') throw new Refusal(6004, { current_status: upload.review_status })
  return upload
}

function award(uploadId: string, points: number) {
  return { points, source: 'photo_upload', related_id: uploadId, description: '小票审核通过' } as const
}

import type { Alert, Alerting } from '../../alerts/alert.ts'
import {
  type Asking,
  consentNeeds,
  consentTo,
  endPending,
  pendingNeeds,
  type Waiting,
} from '../../approvals/consent.ts'
import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { post } from '../../points/post.ts'
import { isCopy, photoCopies } from '../../receipts/copies.ts'
import { type Upload, uploads } from '../../receipts/schema.ts'
import { subjectOf } from '../../receipts/subject.ts'
import { audit } from '../../staff/audit.ts'
import { countGift, type GiftRules, givenNeed } from '../../staff/given.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import { type User, users } from '../../users/schema.ts'
import { awardOf, type Claim, doubtsOf, giftOf, reasonsOf } from './award.ts'
import type { ReviewAnswer } from './wire.ts'

export interface Review extends Claim, Asking {
  uploadId: string
  /** The upload's owner. The id is read before the operation, which has to name its rows. */
  uploaderId: number
  action: 'approve' | 'reject'
  reason?: string | undefined
  /** The business day, and the rules by which points are given on it. */
  day: string
  gifts: GiftRules
}

/** What is kept of a review that waits for consent. */
export type ReviewRequest = Pick<Review, 'uploadId' | 'uploaderId' | 'points' | 'amount_fen' | 'reason'>

/**
 * Approves or rejects a pending upload, once. Points, ledger row and audit row are saved in one transaction. An approval
 * that passes a limit waits for consent; a rejection never does.
 */
export const review: Operation<Review, (ReviewAnswer & Alerting) | Waiting, Push> = byStaff('reviews', {
  name: 'review',
  laneKey: ({ uploaderId }) => uploaderId,
  needs: (input) => [
    rows(users, input.uploaderId),
    rows(uploads, input.uploadId),
    ...(input.action === 'reject' ? pendingNeeds(subjectOf({ upload_id: input.uploadId })) : approvalNeeds(input)),
  ],
  decide(unit, input) {
    const upload = requireReviewable(unit.find(uploads, [input.uploadId]), input)
    const user = unit.get(users, [input.uploaderId])
    return input.action === 'reject' ? settle(unit, upload, user, input) : approve(unit, upload, user, input)
  },
})

function approvalNeeds(input: Review) {
  const { uploadId, uploaderId: dinerId, actor, day } = input
  return [
    {
      mapping: photoCopies,
      keys: (unit: Pick<UnitOfWork, 'find'>) => {
        const upload = unit.find(uploads, [uploadId])
        return upload ? [[upload.image_sha256]] : []
      },
    },
    givenNeed({ day, giverId: actor.userId, dinerId }),
    ...consentNeeds(subjectOf({ upload_id: input.uploadId })),
  ]
}

function requireReviewable(upload: Readonly<Upload> | undefined, { uploaderId, actor }: Review): Readonly<Upload> {
  if (!upload || upload.user_id !== uploaderId) throw new Refusal(6003)
  if (upload.user_id === actor.userId) throw new Refusal(6008)
  if (upload.review_status !== 'pending') throw new Refusal(6004, { current_status: upload.review_status })
  return upload
}

function approve(unit: UnitOfWork<Push>, upload: Readonly<Upload>, user: Readonly<User>, input: Review) {
  const { uploadId, uploaderId, amount_fen, reason, gifts, actor } = input
  const award = awardOf(upload, input)
  const { points } = award
  const gift = giftOf(award, input)
  const isDouble = isCopy(upload, unit.get(photoCopies, [upload.image_sha256]))
  const request: ReviewRequest = { uploadId, uploaderId, points, amount_fen, reason }
  const consent = consentTo(unit, input, {
    ...{ kind: 'review', subject: subjectOf({ upload_id: input.uploadId }), forUser: uploaderId, points, request },
    reasons: reasonsOf(unit, award, gift, { isDouble, gifts }),
    before: { review_status: 'pending', estimated_points: upload.estimated_points },
    after: { review_status: 'approved', points_awarded: points },
  })
  if (consent.waiting) return consent.waiting
  const alerts: Alert[] = [...consent.alerts, ...countGift(unit, gift, gifts.budgets)]
  const doubts = [...(isDouble ? ['copy'] : []), ...doubtsOf(upload, award, gifts)]
  if (doubts.length > 0)
    alerts.push({
      event: 'flagged_approved',
      staff_id: actor.userId,
      subject: subjectOf({ upload_id: input.uploadId }),
      reasons: doubts,
    })
  const answer = settle(unit, upload, user, input, { points, details: consent.details })
  return alerts.length > 0 ? { ...answer, alerts } : answer
}

/** Writes a verdict down and pays for it. Whatever waits for consent about this upload has ended with it. */
function settle(
  unit: UnitOfWork<Push>,
  upload: Readonly<Upload>,
  user: Readonly<User>,
  { uploadId, uploaderId, actor, action, amount_fen, ...input }: Review,
  { points, details }: { points: number; details: object } = { points: 0, details: {} },
): ReviewAnswer {
  const status = action === 'approve' ? 'approved' : 'rejected'
  const reason = input.reason || (action === 'approve' ? '审核通过' : '小票未通过审核')
  endPending(unit, subjectOf({ upload_id: uploadId }))
  unit.update(uploads, upload, {
    review_status: status,
    points_awarded: points,
    review_reason: reason,
    reviewer_id: actor.userId,
    review_time: unit.now,
    ...(amount_fen === undefined ? {} : { reviewed_amount_fen: amount_fen }),
  })
  const timestamp = unit.now.toISOString()
  unit.announce({
    to: { user_id: uploaderId },
    type: 'review_result',
    data: { upload_id: uploadId, status, points_awarded: points, review_reason: reason, timestamp },
  })
  const before = { review_status: 'pending', total_points: user.total_points }
  const balance = points > 0 ? post(unit, user, entryOf(uploadId, points)) : user.total_points
  audit(unit, actor, {
    action: `review.${action}`,
    target: subjectOf({ upload_id: uploadId }),
    before,
    after: { review_status: status, points_awarded: points, total_points: balance },
    details: { reason, amount_fen: amount_fen ?? null, user_id: uploaderId, ...details },
  })
  return { upload_id: uploadId, action, points_awarded: points, user_new_balance: balance, review_time: timestamp }
}

function entryOf(uploadId: string, points: number) {
  return { points, source: 'photo_upload', related_id: uploadId, description: '小票审核通过' } as const
}

import { Hono } from 'hono'
import { type AppEnv, absoluteLinks } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { describe } from '../../http/operation-docs.ts'
import { validate } from '../../http/validate.ts'
import type { IdempotencyKey } from '../../till/operation.ts'
import type { MerchantDeps } from '../deps.ts'
import { batchReview } from './batch-review.ts'
import { readReviewHistory, readReviews, requireUploader } from './queries.ts'
import { review } from './review.ts'
import {
  batchAnswer,
  batchBody,
  historyAnswer,
  historyQuery,
  pendingAnswer,
  pendingQuery,
  type ReviewBody,
  reviewAnswer,
  reviewBody,
} from './wire.ts'

/** The diners' uploads and their reviews. */
export function reviewRoutes({ database, till, calendar, imageLinks, rules }: MerchantDeps) {
  const decide = async (reviewerId: number, body: ReviewBody, idempotency: IdempotencyKey | undefined) => {
    const { upload_id: uploadId, action, points, amount: amount_fen, reason } = body
    const uploaderId = await requireUploader(database, uploadId)
    return till.run(
      review,
      { uploadId, uploaderId, reviewerId, action, points, amount_fen, reason, ...rules.review },
      idempotency,
    )
  }
  return new Hono<AppEnv>()
    .get(
      '/pending-reviews',
      describe({ summary: 'Uploads of one status, oldest first', answer: pendingAnswer, refusals: [2005] }),
      validate('query', pendingQuery),
      async (c) => {
        const parts = { imageLinks, absolute: absoluteLinks(c) }
        return ok(c, await readReviews(database, c.req.valid('query'), parts))
      },
    )
    .post(
      '/review',
      describe({
        summary: 'Approve or reject an upload. Points come from the estimate, the given points or the given amount',
        answer: reviewAnswer,
        refusals: [2005, 6001, 6003, 6004, 6005, 6008],
        idempotent: true,
      }),
      validate('json', reviewBody, 6001),
      async (c) => {
        const body = c.req.valid('json')
        return once(c, body, (idempotency) => decide(c.get('caller').userId, body, idempotency))
      },
    )
    .post(
      '/batch-review',
      describe({
        summary: 'Review up to 100 uploads, each on its own',
        answer: batchAnswer,
        refusals: [2005, 6001],
        idempotent: true,
      }),
      validate('json', batchBody, 6001),
      async (c) => {
        const body = c.req.valid('json')
        const { userId } = c.get('caller')
        const reviews = body.reviews.map((item) => ({
          upload_id: item.upload_id,
          run: (key: IdempotencyKey | undefined) => decide(userId, item, key),
        }))
        return once(c, body, (idempotency) => batchReview(database, till, userId, reviews, idempotency))
      },
    )
    .get(
      '/reviews/history',
      describe({ summary: 'Reviewed uploads, newest review first', answer: historyAnswer, refusals: [2005] }),
      validate('query', historyQuery),
      async (c) => {
        const parts = { imageLinks, absolute: absoluteLinks(c) }
        return ok(c, await readReviewHistory(database, calendar, c.req.valid('query'), parts))
      },
    )
}

import { type Context, Hono } from 'hono'
import { knowsApprovals, showConsented, waitingAnswer } from '../../approvals/answers.ts'
import { type AppEnv, absoluteLinks } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { newId } from '../../lib/random.ts'
import { actorOf, type StaffActor } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { IdempotencyKey } from '../../till/operation.ts'
import type { MerchantDeps } from '../deps.ts'
import { batchReview } from './batch-review.ts'
import { readReview, readReviewHistory, readReviews, requireUploader } from './queries.ts'
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
  uploadAnswer,
  uploadParam,
} from './wire.ts'

/** The diners' uploads and their reviews. */
export function reviewRoutes({ database, till, calendar, imageLinks, rules, now }: MerchantDeps) {
  const decide = async (
    actor: StaffActor,
    body: ReviewBody,
    isBatch: boolean,
    idempotency: IdempotencyKey | undefined,
  ) => {
    const { upload_id: uploadId, action, points, amount: amount_fen, reason } = body
    const uploaderId = await requireUploader(database, uploadId)
    const verdict = { uploadId, uploaderId, actor, action, points, amount_fen, reason, isBatch, ...rules.review }
    const terms = { day: calendar.dayOf(now()), gifts: rules.gifts, newApprovalId: newId('AP') }
    return till.run(review, { ...verdict, ...terms }, idempotency)
  }
  return new Hono<AppEnv>()
    .route('/', readRoutes({ database, calendar, imageLinks, now }))
    .post(
      '/review',
      forStaff(['reviews'], {
        summary: 'Approve or reject an upload. Points come from the estimate, the given points or the given amount',
        answer: reviewAnswer.or(waitingAnswer),
        refusals: [6001, 6003, 6004, 6005, 6008, 6013, 6014],
        mayWait: true,
        idempotent: true,
      }),
      validate('json', reviewBody, 6001),
      async (c) => {
        const body = c.req.valid('json')
        return once(c, body, (idempotency) => decide(actorOf(c), body, false, idempotency), showConsented(c))
      },
    )
    .post(
      '/batch-review',
      forStaff(['reviews'], {
        summary: 'Review up to 100 uploads, each on its own',
        answer: batchAnswer,
        refusals: [6001],
        mayWait: true,
        idempotent: true,
      }),
      validate('json', batchBody, 6001),
      async (c) => {
        const body = c.req.valid('json')
        const actor = actorOf(c)
        const reviews = body.reviews.map((item) => ({
          upload_id: item.upload_id,
          run: (key: IdempotencyKey | undefined) => decide(actor, item, true, key),
        }))
        return once(c, body, (idempotency) =>
          batchReview({ database, till, actor, knowsApprovals: knowsApprovals(c) }, reviews, idempotency),
        )
      },
    )
}

function readRoutes({
  database,
  calendar,
  imageLinks,
  now,
}: Pick<MerchantDeps, 'database' | 'calendar' | 'imageLinks' | 'now'>) {
  const partsOf = (c: Context<AppEnv>) => ({ imageLinks, absolute: absoluteLinks(c), now: now() })
  return new Hono<AppEnv>()
    .get(
      '/pending-reviews',
      forStaff(['reviews'], { summary: 'Uploads of one status, oldest first', answer: pendingAnswer }),
      validate('query', pendingQuery),
      async (c) => ok(c, await readReviews(database, c.req.valid('query'), partsOf(c))),
    )
    .get(
      '/reviews/history',
      forStaff(['reviews', 'ledgers'], { summary: 'Reviewed uploads, newest review first', answer: historyAnswer }),
      validate('query', historyQuery),
      async (c) => ok(c, await readReviewHistory(database, calendar, c.req.valid('query'), partsOf(c))),
    )
    .get(
      '/uploads/:upload_id',
      forStaff(['reviews', 'ledgers'], {
        summary: 'One upload, decided or not: the other photo of a flag, for one',
        answer: uploadAnswer,
        refusals: [6003],
      }),
      validate('param', uploadParam, 6003),
      async (c) => ok(c, await readReview(database, c.req.valid('param').upload_id, partsOf(c))),
    )
}

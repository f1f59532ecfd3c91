import { Hono } from 'hono'
import type { Decision } from '../../approvals/decide.ts'
import { readApprovals, requireApproval } from '../../approvals/queries.ts'
import type { Approval } from '../../approvals/schema.ts'
import { approvalParam, approvalsAnswer, approvalsQuery, decisionAnswer, decisionBody } from '../../approvals/wire.ts'
import type { AppEnv } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { actorOf, type StaffActor } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { IdempotencyKey } from '../../till/operation.ts'
import type { EditsRequest } from '../catalogue/edit-products.ts'
import type { Correction } from '../counter/adjust.ts'
import type { MerchantDeps } from '../deps.ts'
import type { ReviewRequest } from '../reviews/review.ts'
import { decideCorrection, decideEdits, decideReview } from './decisions.ts'

interface Word extends Pick<Decision<never>, 'action' | 'reason'> {
  actor: StaffActor
}

/** What waits for a second pair of eyes, and the decisions about it. */
export function approvalRoutes(deps: MerchantDeps) {
  const { database, now } = deps
  return new Hono<AppEnv>()
    .get(
      '/approvals',
      forStaff(['approvals'], { summary: 'Approvals of one status, newest first', answer: approvalsAnswer }),
      validate('query', approvalsQuery),
      async (c) => ok(c, await readApprovals(database, c.req.valid('query'), now())),
    )
    .post(
      '/approvals/:id',
      forStaff(['approvals'], {
        summary: 'Approve or reject what somebody else asked for; what is approved is done at once',
        answer: decisionAnswer,
        refusals: [2003, 4002, 6003, 6004, 6005, 6008, 6012, 6014],
        idempotent: true,
      }),
      validate('param', approvalParam, 6003),
      validate('json', decisionBody),
      async (c) => {
        const body = c.req.valid('json')
        const word = { ...body, actor: actorOf(c) }
        const write = async (key: IdempotencyKey | undefined) => {
          const approval = await requireApproval(database, c.req.valid('param').id)
          return decide(deps, approval, word, key)
        }
        return once(c, body, write, ({ alerts: _, ...answer }) => answer)
      },
    )
}

function decide(deps: MerchantDeps, approval: Approval, word: Word, key: IdempotencyKey | undefined) {
  const { till, calendar, now, rules, caches } = deps
  const { approval_id, subject, asked_by: userId, asked_from: addressId } = approval
  const asking = { actor: { userId, addressId }, newApprovalId: approval_id }
  const terms = { day: calendar.dayOf(now()), gifts: rules.gifts }
  const decision = { ...word, approval: { approval_id, subject } }
  const request: unknown = JSON.parse(approval.request)
  switch (approval.kind) {
    case 'correction':
      return till.run(decideCorrection, { ...decision, deed: { ...(request as Correction), ...asking, ...terms } }, key)
    case 'review': {
      const verdict = { ...(request as ReviewRequest), action: 'approve', isBatch: false, ...rules.review } as const
      return till.run(decideReview, { ...decision, deed: { ...verdict, ...asking, ...terms } }, key)
    }
    case 'product': {
      const since = calendar.startOf(terms.day)
      const deed = { ...(request as EditsRequest), ...asking, since }
      return till.run(decideEdits, { ...decision, deed }, key).finally(() => caches.catalogue.invalidate())
    }
  }
}

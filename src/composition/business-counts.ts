import { signIn } from '../accounts/sign-in.ts'
import { missCode } from '../accounts/sms-code.ts'
import type { Push } from '../contract/messages.ts'
import { cancel } from '../exchange/cancel.ts'
import { exchange } from '../exchange/exchange.ts'
import { expireOrder } from '../exchange/expire-order.ts'
import type { Metrics } from '../http/metrics.ts'
import { draw } from '../lottery/draw.ts'
import { decideReview } from '../merchant/approvals/decisions.ts'
import { redeem } from '../merchant/counter/redeem.ts'
import { review } from '../merchant/reviews/review.ts'
import { checkIn } from '../points/check-in.ts'
import { expireReview } from '../receipts/expire-review.ts'
import { upload } from '../receipts/upload.ts'
import type { Operation } from '../till/operation.ts'

/** Counts what diners and staff did. Each effect counts once, after its commit; retries and replays don't count. */
export interface BusinessCounts {
  /** Takes an operation's first, committed answer. */
  committed(operation: object, answer: unknown): void
  /** Takes what a commit announced. */
  announced(pushes: readonly Push[]): void
}

export function createBusinessCounts(metrics: Metrics): BusinessCounts {
  const logins = metrics.counter('logins_total', 'Logins, and tries with a wrong code', ['outcome'])
  const draws = metrics.counter('draws_total', 'Turns of the wheel', ['draw_type'])
  const prizes = metrics.counter('prizes_total', 'Prizes won, by kind', ['prize_type', 'by'])
  const orders = metrics.counter('exchange_orders_total', 'Orders by what became of them', ['event'])
  const uploads = metrics.counter('receipts_uploaded_total', 'Receipts sent for review', [])
  const reviews = metrics.counter('receipts_reviewed_total', 'Receipts by their outcome', ['outcome'])
  const redeemed = metrics.counter('vouchers_redeemed_total', 'Vouchers taken in at the counter', [])
  const checkIns = metrics.counter('check_ins_total', 'Daily check-ins', [])
  const points = metrics.counter('points_moved_total', 'Points by source and direction', ['source', 'direction'])

  const counters = new Map<object, (answer: unknown) => void>()
  const on = <Input, Answer>(operation: Operation<Input, Answer, Push>, count: (answer: Answer) => void) =>
    counters.set(operation, (answer) => count(answer as Answer))

  on(signIn, (answer) => {
    if (answer.outcome === 'unproved') logins({ outcome: 'wrong_code' })
    else logins({ outcome: answer.isNew ? 'new' : 'returning' })
  })
  on(missCode, ({ isRight }) => isRight || logins({ outcome: 'wrong_code' }))
  on(draw, ({ draw_type, count, results }) => {
    draws({ draw_type }, count)
    for (const { prize_type, is_pity } of results) prizes({ prize_type, by: is_pity ? 'guarantee' : 'luck' })
  })
  on(exchange, () => orders({ event: 'submitted' }))
  on(cancel, () => orders({ event: 'cancelled' }))
  on(expireOrder, ({ changed }) => changed && orders({ event: 'expired' }))
  on(upload, () => uploads({}))
  on(review, (answer) => {
    if ('action' in answer) reviews({ outcome: answer.action === 'approve' ? 'approved' : 'rejected' })
  })
  on(decideReview, ({ result }) => result && reviews({ outcome: 'approved' }))
  on(expireReview, ({ changed }) => changed && reviews({ outcome: 'expired' }))
  on(redeem, () => redeemed({}))
  on(checkIn, () => checkIns({}))

  return {
    committed: (operation, answer) => counters.get(operation)?.(answer),
    announced(pushes) {
      for (const { type, data } of pushes) {
        if (type !== 'points_update') continue
        const { reason_code: source, change_points } = data
        points({ source, direction: change_points > 0 ? 'in' : 'out' }, Math.abs(change_points))
      }
    },
  }
}

import { Hono } from 'hono'
import { rowIdParam } from '../../contract/wire.ts'
import type { AppEnv } from '../../http/env.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { MerchantDeps } from '../deps.ts'
import { changePrizeStock } from './change-prize-stock.ts'
import { closeWheel } from './close-wheel.ts'
import { closeBody, closedAnswer, prizeStock, prizeStockBody } from './wire.ts'

/** What every write of the wheel needs. */
export interface WheelWrites {
  /** Brings in the wheel that is due first. */
  inForce<T>(run: () => Promise<T>): Promise<T>
  /** Lets readers ask for the wheel anew. */
  changed<Answer extends object>(answer: Answer): Answer
}

/** What staff change at the wheel for the same moment: what is left of a prize, and whether the wheel is open. */
export function atOnceRoutes({ till }: Pick<MerchantDeps, 'till'>, { inForce, changed }: WheelWrites) {
  const closing = (closed: boolean) =>
    [
      forStaff(['wheel'], {
        summary: closed ? 'Close the wheel for everyone, at once' : 'Open the wheel again, at once',
        answer: closedAnswer,
        refusals: [3001],
        idempotent: true,
      }),
      validate('json', closeBody),
    ] as const
  return new Hono<AppEnv>()
    .post(
      '/prizes/:id/stock',
      forStaff(['wheel'], {
        summary: 'Add to or take from what is left of a prize, at once',
        answer: prizeStock,
        refusals: [3001, 4004, 6010],
        idempotent: true,
      }),
      validate('param', rowIdParam, 6010),
      validate('json', prizeStockBody),
      async (c) => {
        const body = c.req.valid('json')
        const { change = null, reason } = body
        const input = { change, reason, prizeId: c.req.valid('param').id, actor: actorOf(c) }
        return once(c, body, (key) => inForce(() => till.run(changePrizeStock, input, key)), changed)
      },
    )
    .post('/wheel/close', ...closing(true), async (c) => {
      const body = c.req.valid('json')
      const input = { ...body, closed: true, actor: actorOf(c) }
      return once(c, body, (key) => till.run(closeWheel, input, key), changed)
    })
    .post('/wheel/open', ...closing(false), async (c) => {
      const body = c.req.valid('json')
      const input = { ...body, closed: false, actor: actorOf(c) }
      return once(c, body, (key) => till.run(closeWheel, input, key), changed)
    })
}

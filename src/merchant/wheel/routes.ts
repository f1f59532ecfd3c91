import { Hono } from 'hono'
import type { AppEnv } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { MerchantDeps } from '../deps.ts'
import { readLotteryStats, requireWheel, wheelView } from './queries.ts'
import { replaceWheel } from './replace-wheel.ts'
import { lotteryStats, wheelAnswer, wheelBody } from './wire.ts'

/** The wheel's editor and the wheel's statistics. */
export function wheelRoutes({ database, till, caches }: MerchantDeps) {
  return new Hono<AppEnv>()
    .get(
      '/prizes',
      forStaff(['wheel'], { summary: 'The wheel at its present version', answer: wheelAnswer, refusals: [3001] }),
      async (c) => ok(c, wheelView(await requireWheel(database))),
    )
    .put(
      '/prizes',
      forStaff(['wheel'], {
        summary: 'Replace the whole wheel, all eight prizes at once',
        answer: wheelAnswer,
        refusals: [3001, 6010],
        idempotent: true,
      }),
      validate('json', wheelBody, 6010),
      async (c) => {
        const body = c.req.valid('json')
        const input = { wheel: body, actor: actorOf(c), basis: c.get('dialect')?.basis }
        return once(
          c,
          body,
          (idempotency) => till.run(replaceWheel, input, idempotency),
          (answer) => {
            caches.wheel.invalidate()
            return answer
          },
        )
      },
    )
    .get(
      '/lottery/stats',
      forStaff(['statistics'], { summary: 'Draws, cost and awards by prize', answer: lotteryStats, refusals: [3001] }),
      async (c) => ok(c, await readLotteryStats(database)),
    )
}

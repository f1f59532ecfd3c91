import { Hono } from 'hono'
import { pageQuery } from '../../contract/wire.ts'
import type { AppEnv } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { changeWheel } from '../../lottery/change-wheel.ts'
import { withWheelInForce } from '../../lottery/with-wheel.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { MerchantDeps } from '../deps.ts'
import { atOnceRoutes } from './at-once-routes.ts'
import { readLotteryStats, readWheelState, requireWheel } from './queries.ts'
import { replaceWheel } from './replace-wheel.ts'
import { lotteryStats, wheelAnswer, wheelBody, wheelSaved } from './wire.ts'
import { withdrawChange } from './withdraw-change.ts'

/** The wheel's editor and the wheel's statistics. */
export function wheelRoutes(deps: MerchantDeps) {
  const { database, till, calendar, now, caches, rules } = deps
  const { limits } = rules.wheel
  const nextDayAfter = (at: Date) => calendar.startOf(calendar.plusDays(calendar.dayOf(at), 1))
  const inForce = <T>(run: () => Promise<T>) => withWheelInForce(till, limits, run)
  const changed = <Answer extends object>(answer: Answer) => {
    caches.wheel.invalidate()
    return answer
  }
  return new Hono<AppEnv>()
    .get(
      '/prizes',
      forStaff(['wheel'], {
        summary: 'The wheel in force, and what is announced',
        answer: wheelAnswer,
        refusals: [3001],
      }),
      async (c) => {
        if ((await requireWheel(database)).isDue) changed(await till.run(changeWheel, limits))
        return ok(c, await readWheelState(database))
      },
    )
    .put(
      '/prizes',
      forStaff(['wheel'], {
        summary: 'Replace the whole wheel, all eight prizes at once, from the next business day on',
        answer: wheelSaved,
        refusals: [3001, 6010],
        idempotent: true,
      }),
      validate('json', wheelBody, 6010),
      async (c) => {
        const body = c.req.valid('json')
        const input = {
          ...{ wheel: body, actor: actorOf(c), basis: c.get('dialect')?.basis },
          ...{ rules: rules.wheel, nextDayAfter },
        }
        return once(c, body, (key) => inForce(() => till.run(replaceWheel, input, key)), changed)
      },
    )
    .delete(
      '/prizes/next',
      forStaff(['wheel'], {
        summary: 'Take back the change that is announced',
        answer: wheelAnswer,
        refusals: [3001],
        idempotent: true,
      }),
      async (c) => {
        const input = { actor: actorOf(c) }
        return once(c, {}, (key) => inForce(() => till.run(withdrawChange, input, key)), changed)
      },
    )
    .get(
      '/lottery/stats',
      forStaff(['statistics'], {
        summary: 'Draws, cost and awards by prize, of every version of the wheel',
        answer: lotteryStats,
        refusals: [3001],
      }),
      validate('query', pageQuery),
      async (c) => {
        const question = { pastWheels: caches.pastWheels, now: now(), page: c.req.valid('query') }
        return ok(c, await readLotteryStats(database, question))
      },
    )
    .route('/', atOnceRoutes(deps, { inForce, changed }))
}

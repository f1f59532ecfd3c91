import { Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { pageQuery, paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { once } from '../http/idempotency.ts'
import { describe } from '../http/operation-docs.ts'
import { limitCaller, type RateLimit } from '../http/rate-limits.ts'
import { validate } from '../http/validate.ts'
import type { Cached } from '../lib/cached.ts'
import type { Calendar } from '../lib/calendar.ts'
import { randomId, randomInts } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import { newVoucherCode } from '../vouchers/code.ts'
import { changeWheel, withWheelInForce } from './change-wheel.ts'
import { type Draw, draw } from './draw.ts'
import { drawTypeRules } from './draw-types.ts'
import { pityView } from './pity.ts'
import { readCounters, readDrawRecords, readDrawStatistics } from './queries.ts'
import { readWheelVersions } from './versions.ts'
import { nextChangeView, versionView, wheelView } from './views.ts'
import { isOpen, oddsSum } from './wheel.ts'
import type { WheelLimits } from './wheel-change.ts'
import type { ShownWheel } from './wheel-mapping.ts'
import {
  configAnswer,
  drawAnswer,
  drawBody,
  recordsAnswer,
  recordsQuery,
  statisticsAnswer,
  wheelsAnswer,
} from './wire.ts'

export interface LotteryDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  caches: { wheel: Cached<ShownWheel | undefined> }
  rules: { draw: Draw['rules']; wheel: { limits: WheelLimits } }
  limits: { draw: RateLimit }
}

/** `/api/lottery`: the wheel, its draws and their records. */
export function lotteryRoutes({ database, till, calendar, now, caches, rules, limits }: LotteryDeps) {
  const wheelInForce = async () => {
    const wheel = await caches.wheel.get()
    if (!wheel?.isDue) return wheel
    await till.run(changeWheel, rules.wheel.limits)
    caches.wheel.invalidate()
    return caches.wheel.get()
  }
  return new Hono<AppEnv>()
    .get(
      '/config',
      describe({ summary: 'The wheel, its price and the caller’s counters', answer: configAnswer, refusals: [3001] }),
      async (c) => {
        const current = await wheelInForce()
        if (!current || !isOpen(current)) throw new Refusal(3001)
        const { pityCount, drawsToday } = await readCounters(database, c.get('caller').userId, calendar.dayOf(now()))
        const counters = {
          daily_limit: rules.draw.dailyLimit,
          draws_today: drawsToday,
          user_pity: pityView(pityCount, rules.draw.pityLimit, current.pity_prize_id),
        }
        const next_change = current.next && nextChangeView(current.next)
        return ok(c, { ...wheelView(current), ...counters, next_change })
      },
    )
    .post(
      '/draw',
      describe({
        summary: 'Draw 1, 3, 5 or 10 times, all or nothing',
        answer: drawAnswer,
        refusals: [3001, 3002, 3003, 3004, 3005, 9006],
        idempotent: true,
      }),
      validate('json', drawBody, 3004),
      limitCaller(limits.draw),
      async (c) => {
        const { draw_type } = c.req.valid('json')
        const { count } = drawTypeRules[draw_type]
        const input: Draw = {
          userId: c.get('caller').userId,
          drawType: draw_type,
          drawId: randomId('DR'),
          rolls: randomInts(count, oddsSum),
          codes: Array.from({ length: count }, () => newVoucherCode()),
          day: calendar.dayOf(now()),
          rules: rules.draw,
        }
        return once(c, { draw_type }, (idempotency) =>
          withWheelInForce(till, rules.wheel.limits, () => till.run(draw, input, idempotency)),
        )
      },
    )
    .get(
      '/wheels',
      describe({ summary: 'Every version of the wheel with its odds, newest first', answer: wheelsAnswer }),
      validate('query', pageQuery),
      async (c) => {
        const page = c.req.valid('query')
        const [current, { versions, total }] = await Promise.all([wheelInForce(), readWheelVersions(database, page)])
        const next_change = (current?.next && nextChangeView(current.next)) ?? null
        return ok(c, { wheels: versions.map(versionView), next_change, pagination: paginationOf(page, total) })
      },
    )
    .get(
      '/records',
      describe({ summary: 'The caller’s draws, newest first', answer: recordsAnswer }),
      validate('query', recordsQuery),
      async (c) => ok(c, await readDrawRecords(database, c.get('caller').userId, c.req.valid('query'))),
    )
    .get(
      '/statistics',
      describe({ summary: 'Statistics of the caller’s draws', answer: statisticsAnswer }),
      async (c) => ok(c, await readDrawStatistics(database, c.get('caller').userId)),
    )
}

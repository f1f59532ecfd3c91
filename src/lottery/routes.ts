import { Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
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
import { type Draw, draw } from './draw.ts'
import { type DrawType, drawTypeRules } from './draw-types.ts'
import { pityView } from './pity.ts'
import { isLimited } from './prizes.ts'
import { readCounters, readDrawRecords, readDrawStatistics } from './queries.ts'
import { isOpen, oddsSum, type Wheel } from './wheel.ts'
import { configAnswer, drawAnswer, drawBody, recordsAnswer, recordsQuery, statisticsAnswer } from './wire.ts'

export interface LotteryDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  caches: { wheel: Cached<Wheel | undefined> }
  rules: { draw: Draw['rules'] }
  limits: { draw: RateLimit }
}

/** `/api/lottery`: the wheel, its draws and their records. */
export function lotteryRoutes({ database, till, calendar, now, caches, rules, limits }: LotteryDeps) {
  return new Hono<AppEnv>()
    .get(
      '/config',
      describe({ summary: 'The wheel, its price and the caller’s counters', answer: configAnswer, refusals: [3001] }),
      async (c) => {
        const current = await caches.wheel.get()
        if (!current || !isOpen(current)) throw new Refusal(3001)
        const { pityCount, drawsToday } = await readCounters(database, c.get('caller').userId, calendar.dayOf(now()))
        const counters = {
          daily_limit: rules.draw.dailyLimit,
          draws_today: drawsToday,
          user_pity: pityView(pityCount, rules.draw.pityLimit, current.pity_prize_id),
        }
        return ok(c, { ...wheelView(current), ...counters })
      },
    )
    .post(
      '/draw',
      describe({
        summary: 'Draw 1, 3, 5 or 10 times, all or nothing',
        answer: drawAnswer,
        refusals: [3001, 3002, 3003, 3004, 9006],
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
        return once(c, { draw_type }, (idempotency) => till.run(draw, input, idempotency))
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

function wheelView({ prizes, pity_prize_id }: Wheel) {
  const cost_points = prizes[0]?.cost_points ?? 0
  return {
    prizes: prizes.map((prize) => ({
      prize_id: prize.prize_id,
      prize_name: prize.prize_name,
      prize_type: prize.prize_type,
      prize_value: prize.prize_value,
      angle: prize.angle,
      color: prize.color,
      probability: prize.probability / oddsSum,
      is_activity: prize.is_activity,
      cost_points: prize.cost_points,
      stock_remaining: prize.stock_remaining,
      sold_out: prize.stock_remaining === 0 && isLimited(prize, pity_prize_id),
    })),
    cost_points,
    draw_types: (Object.entries(drawTypeRules) as [DrawType, { count: number }][]).map(([type, { count }]) => ({
      type,
      count,
      cost: cost_points * count,
    })),
  }
}

import { Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { once } from '../http/idempotency.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import type { Calendar } from '../lib/calendar.ts'
import type { Till } from '../till/till.ts'
import { checkIn } from './check-in.ts'
import { readPointsRecords, readPointsStatistics } from './queries.ts'
import { checkInAnswer, pointsStatistics, recordsAnswer, recordsQuery } from './wire.ts'

export interface PointsDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  rules: {
    checkIn: {
      /** The points for one check-in; 0 turns check-ins off. */
      points: number
    }
  }
}

/** The points and check-in routes of `/api/user`. */
export function pointsRoutes({ database, till, calendar, now, rules }: PointsDeps) {
  return new Hono<AppEnv>()
    .get(
      '/points/records',
      describe({ summary: 'The caller’s ledger, newest first', answer: recordsAnswer }),
      validate('query', recordsQuery),
      async (c) => ok(c, await readPointsRecords(database, c.get('caller').userId, c.req.valid('query'))),
    )
    .get(
      '/points/statistics',
      describe({ summary: 'Sums of the caller’s ledger', answer: pointsStatistics }),
      async (c) => ok(c, await readPointsStatistics(database, c.get('caller').userId)),
    )
    .post(
      '/check-in',
      describe({
        summary: 'Check in for points, once a business day',
        answer: checkInAnswer,
        refusals: [2006],
        idempotent: true,
      }),
      async (c) => {
        const { points } = rules.checkIn
        if (points === 0) throw new Refusal(2006, null, { sentence: '签到活动暂未开放' })
        const { userId } = c.get('caller')
        const day = calendar.dayOf(now())
        const input = { userId, day, dayBefore: calendar.plusDays(day, -1), points }
        return once(c, {}, (idempotency) => till.run(checkIn, input, idempotency))
      },
    )
}

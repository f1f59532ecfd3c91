import { Hono } from 'hono'
import type { AppEnv } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { validate } from '../../http/validate.ts'
import { cached } from '../../lib/cached.ts'
import { callersRole, forStaff } from '../../staff/guard.ts'
import { may } from '../../staff/roles.ts'
import type { MerchantDeps } from '../deps.ts'
import { readFigures } from './figures.ts'
import { readMerchantStatistics, readOwnStatistics } from './statistics.ts'
import {
  type FiguresAnswer,
  figuresAnswer,
  figuresQuery,
  ownStatistics,
  statisticsAnswer,
  statisticsQuery,
} from './wire.ts'

/** What happened by day. */
export function statisticsRoutes({ database, calendar, now, caches }: MerchantDeps) {
  // Nothing is kept, but who asks while they are read shares them: a month of a long ledger takes a while at first.
  const figuresOf = (period: FiguresAnswer['period']) =>
    cached(() => readFigures(database, calendar, caches.pastDays, { period, now: now() }), 0)
  const figures = { week: figuresOf('week'), month: figuresOf('month') }
  return new Hono<AppEnv>()
    .get(
      '/statistics',
      forStaff(['statistics', 'own_figures'], {
        summary: 'Statistics of a period, in total and by day. A reviewer gets only their own',
        answer: statisticsAnswer.or(ownStatistics),
      }),
      validate('query', statisticsQuery),
      async (c) => {
        const question = { ...c.req.valid('query'), merchantId: c.get('caller').userId, now: now() }
        const read = may(callersRole(c), 'statistics') ? readMerchantStatistics : readOwnStatistics
        return ok(c, await read(database, calendar, caches.pastDays, question))
      },
    )
    .get(
      '/figures',
      forStaff(['statistics'], {
        summary: 'Today against the same day of last week, and points given, spent and outstanding',
        answer: figuresAnswer,
      }),
      validate('query', figuresQuery),
      async (c) => {
        return ok(c, await figures[c.req.valid('query').period].get())
      },
    )
}

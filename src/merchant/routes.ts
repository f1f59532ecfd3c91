import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { validate } from '../http/validate.ts'
import { callersRole, forStaff, requireStaff } from '../staff/guard.ts'
import { may } from '../staff/roles.ts'
import { staffRoutes } from '../staff/routes.ts'
import { approvalRoutes } from './approvals/routes.ts'
import { catalogueImageRoutes } from './catalogue/image-routes.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { counterRoutes } from './counter/routes.ts'
import type { MerchantDeps } from './deps.ts'
import { reviewRoutes } from './reviews/routes.ts'
import { readMerchantStatistics, readOwnStatistics } from './statistics/statistics.ts'
import { ownStatistics, statisticsAnswer, statisticsQuery } from './statistics/wire.ts'
import { wheelRoutes } from './wheel/routes.ts'

/** `/api/merchant`: only for staff, each by their role. */
export function merchantRoutes(deps: MerchantDeps) {
  const { database, calendar, now, caches } = deps
  const routes = new Hono<AppEnv>()
  routes.use(requireStaff(database))
  return routes
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
    .route('/', staffRoutes(deps))
    .route('/', reviewRoutes(deps))
    .route('/', catalogueRoutes(deps))
    .route('/', catalogueImageRoutes(deps))
    .route('/', wheelRoutes(deps))
    .route('/', counterRoutes(deps))
    .route('/', approvalRoutes(deps))
}

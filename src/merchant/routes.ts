import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import { catalogueImageRoutes } from './catalogue/image-routes.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { counterRoutes } from './counter/routes.ts'
import type { MerchantDeps } from './deps.ts'
import { requireMerchant } from './guard.ts'
import { reviewRoutes } from './reviews/routes.ts'
import { readMerchantStatistics } from './statistics/statistics.ts'
import { statisticsAnswer, statisticsQuery } from './statistics/wire.ts'
import { wheelRoutes } from './wheel/routes.ts'

/** `/api/merchant`: for merchants only. */
export function merchantRoutes(deps: MerchantDeps) {
  const { database, calendar, now, access, caches } = deps
  const routes = new Hono<AppEnv>()
  routes.use(requireMerchant(access))
  return routes
    .get(
      '/statistics',
      describe({ summary: 'Statistics of a period, in total and by day', answer: statisticsAnswer, refusals: [2005] }),
      validate('query', statisticsQuery),
      async (c) => {
        const question = { ...c.req.valid('query'), merchantId: c.get('caller').userId, now: now() }
        return ok(c, await readMerchantStatistics(database, calendar, caches.pastDays, question))
      },
    )
    .route('/', reviewRoutes(deps))
    .route('/', catalogueRoutes(deps))
    .route('/', catalogueImageRoutes(deps))
    .route('/', wheelRoutes(deps))
    .route('/', counterRoutes(deps))
}

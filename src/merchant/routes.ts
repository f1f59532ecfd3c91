import { Hono } from 'hono'
import type { Cached } from '../cached.ts'
import type { Calendar } from '../calendar.ts'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import type { Catalogue } from '../exchange/catalogue.ts'
import type { Authority } from '../http/authenticate.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { validate } from '../http/validate.ts'
import type { Wheel } from '../lottery/wheel.ts'
import type { ImageLinks } from '../storage/image-links.ts'
import type { Till } from '../till/till.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { counterRoutes } from './counter-routes.ts'
import { requireMerchant } from './guard.ts'
import type { PastDays } from './past-days.ts'
import { reviewRoutes } from './review-routes.ts'
import { merchantStatistics } from './statistics.ts'
import { statisticsAnswer, statisticsQuery } from './statistics-wire.ts'
import { wheelRoutes } from './wheel-routes.ts'

export interface MerchantDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  access: Authority
  catalogue: Catalogue
  wheel: Cached<Wheel | undefined>
  imageLinks: ImageLinks
  /** What days that are over came to. */
  pastDays: PastDays
  /** Look-ups of vouchers that miss, by merchant. */
  voucherMisses: RateLimit
  /** Awarded points may be so many times the estimate. */
  reviewMaxMultiple: number
}

/** `/api/merchant`: for merchants alone. */
export function merchantRoutes(deps: MerchantDeps) {
  const { database, calendar, now, access, pastDays } = deps
  const routes = new Hono<AppEnv>()
  routes.use(requireMerchant(access))
  return routes
    .get(
      '/statistics',
      describe({ summary: 'What happened in a period, with a day series', answer: statisticsAnswer, refusals: [2005] }),
      validate('query', statisticsQuery),
      async (c) => {
        const question = { ...c.req.valid('query'), merchantId: c.get('caller').userId, now: now() }
        return ok(c, await merchantStatistics(database, calendar, pastDays, question))
      },
    )
    .route('/', reviewRoutes(deps))
    .route('/', catalogueRoutes(deps))
    .route('/', wheelRoutes(deps))
    .route('/', counterRoutes(deps))
}

import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { requireStaff } from '../staff/guard.ts'
import { staffRoutes } from '../staff/routes.ts'
import { approvalRoutes } from './approvals/routes.ts'
import { catalogueImageRoutes } from './catalogue/image-routes.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { counterRoutes } from './counter/routes.ts'
import type { MerchantDeps } from './deps.ts'
import { reviewRoutes } from './reviews/routes.ts'
import { statisticsRoutes } from './statistics/routes.ts'
import { systemRoutes } from './system/routes.ts'
import { wheelRoutes } from './wheel/routes.ts'

/** `/api/merchant`: only for staff, each by their role. */
export function merchantRoutes(deps: MerchantDeps) {
  const routes = new Hono<AppEnv>()
  routes.use(requireStaff(deps.database))
  return routes
    .route('/', staffRoutes(deps))
    .route('/', reviewRoutes(deps))
    .route('/', catalogueRoutes(deps))
    .route('/', catalogueImageRoutes(deps))
    .route('/', wheelRoutes(deps))
    .route('/', counterRoutes(deps))
    .route('/', approvalRoutes(deps))
    .route('/', statisticsRoutes(deps))
    .route('/', systemRoutes(deps))
}

import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { authRoutes } from './accounts/routes.ts'
import { sessionRoutes } from './accounts/session-routes.ts'
import type { Services } from './composition/services.ts'
import type { Config } from './config/config.ts'
import { exchangeRoutes } from './exchange/routes.ts'
import { authenticate } from './http/authenticate.ts'
import { requestContext, type SlowRequest } from './http/context.ts'
import { documentRoutes } from './http/document-routes.ts'
import type { AppEnv } from './http/env.ts'
import { refuseWith } from './http/envelope.ts'
import { failures } from './http/failures.ts'
import { jsonBody } from './http/json-body.ts'
import { patient } from './http/multipart.ts'
import { openApiOf } from './http/openapi.ts'
import { operatorRoutes } from './http/operator-routes.ts'
import { limitAddresses, limitWrites } from './http/rate-limits.ts'
import { pathOf } from './http/raw-paths.ts'
import { requireRoute } from './http/route-table.ts'
import { RememberingRouter } from './http/router.ts'
import { fairnessRoutes } from './lottery/fairness-routes.ts'
import { lotteryRoutes } from './lottery/routes.ts'
import { merchantRoutes } from './merchant/routes.ts'
import { pointsRoutes } from './points/routes.ts'
import { profileRoutes } from './profile/routes.ts'
import { socketRoutes } from './realtime/routes.ts'
import { imageForm } from './receipts/photo/image-desk.ts'
import { receiptsRoutes, uploadForm } from './receipts/routes.ts'
import { imagePaths, imageRoutes } from './storage/routes.ts'
import { logPaths, logRoutes, refuseByStatus } from './tlog/routes.ts'
import { walletRoutes } from './wallet/routes.ts'
import { builtPages } from './web/built.ts'
import type { PageFacts } from './web/document.ts'
import { pageRoutes } from './web/routes.ts'

/** Paths that take an image as multipart. They have their own limits, and may be as slow as the phone's network. */
const uploadPaths = ['/api/photo/upload', '/api/user/avatar', '/api/merchant/images']

/** The headers of an answer that pages of other origins may read. */
const exposeHeaders = ['X-Api-Code', 'X-Request-Id', 'Retry-After', 'Idempotency-Replayed']

/**
 * Builds the whole HTTP interface: every middleware and every group of routes. Their order is the order in which a
 * request meets them: its context, its dialect, whether it has a route, its address's limit, its body, its caller.
 */
export function createApp(services: Services): Hono<AppEnv> {
  const { config, logger, metrics, alerts, access, limits, health, lifecycle, dialects } = services
  const app = new Hono<AppEnv>({ router: new RememberingRouter(), getPath: dialects?.pathOf ?? pathOf })
  app.onError(failures(logger))

  const { PUBLIC_URL: publicUrl, TRUST_PROXY: trustedProxies } = config
  const onSlow = (request: SlowRequest) => {
    if (!uploadPaths.includes(request.route)) alerts.raise({ event: 'slow_request', ...request })
  }
  const slow_ms = config.SLOW_REQUEST_MS
  const addresses = { trustedProxies, addressId: services.addressId }
  app.use(requestContext({ logger, metrics: metrics.http, lifecycle, publicUrl, ...addresses, slow_ms, onSlow }))
  if (dialects) app.use(dialects.speak)
  if (config.CORS_ORIGINS.length > 0)
    app.use('/api/*', cors({ origin: [...config.CORS_ORIGINS], exposeHeaders, maxAge: 600 }))
  app.use(requireRoute(app))
  const isProduction = config.NODE_ENV === 'production'
  app.route('/', operatorRoutes({ health, lifecycle, metrics, metricsToken: config.METRICS_TOKEN, isProduction }))
  app.route('/', socketRoutes(services))
  app.route('/', pageRoutes({ build: builtPages, facts: pageFactsOf(config) }))
  for (const path of logPaths) app.use(path, refuseByStatus)
  if (config.RATE_LIMIT) {
    app.use('/api/*', limitAddresses(limits.address))
    for (const path of [...imagePaths, ...logPaths]) app.use(path, limitAddresses(limits.image))
  }
  app.route('/', imageRoutes(services))
  app.route('/', logRoutes(services))
  app.use('/api/*', jsonBody(uploadPaths))
  for (const path of uploadPaths) app.use(path, patient)
  app.route('/api/auth', authRoutes(services))
  dialects?.beforeAuthentication(app, imageForm(uploadForm))
  for (const path of ['/api/user/*', '/api/lottery/*', '/api/exchange/*', '/api/photo/*', '/api/merchant/*'])
    app.use(path, authenticate(access), ...(config.RATE_LIMIT ? [limitWrites(limits.write)] : []))
  dialects?.afterAuthentication(app)
  app.route('/api/user/sessions', sessionRoutes(services))
  app.route('/api/user', pointsRoutes(services))
  app.route('/api/user', profileRoutes(services))
  app.route('/api/user', walletRoutes(services))
  app.route('/api/lottery', lotteryRoutes(services))
  app.route('/api/fairness', fairnessRoutes(services))
  app.route('/api/exchange', exchangeRoutes(services))
  app.route('/api/photo', receiptsRoutes(services))
  app.route('/api/merchant', merchantRoutes(services))

  app.route(
    '/api',
    documentRoutes(() => document),
  )
  const document = openApiOf(app, health.version)
  dialects?.afterRoutes(app)
  app.notFound((c) => refuseWith(c, 9002))
  return app
}

function pageFactsOf({ NODE_ENV, SMS_PROVIDER, SMS_DEV_CODE, MERCHANT_NAMES, PUBLIC_URL }: Config): PageFacts {
  const showsCode = NODE_ENV === 'development' && SMS_PROVIDER === 'console'
  return {
    shop: MERCHANT_NAMES[0] ?? '',
    devCode: showsCode ? SMS_DEV_CODE : undefined,
    imageOrigin: PUBLIC_URL === undefined ? undefined : new URL(PUBLIC_URL).origin,
  }
}

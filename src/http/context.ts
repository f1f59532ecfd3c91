import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { lineWriter } from '../lib/logger.ts'
import { type AddressId, addressOf } from './address.ts'
import type { AppEnv } from './env.ts'
import type { HttpMetrics } from './metrics.ts'
import { routeOf } from './route-table.ts'
import { securityHeaders, strictTransport } from './security-headers.ts'
import { createUnsettled } from './unsettled.ts'

/** The route name in metrics and logs for a request without a route. Its path could be anything, so it is not used. */
const unknownRoute = '*'

const saneId = /^[\w.:-]{1,64}$/

export interface SlowRequest {
  method: string
  /** The route's pattern. */
  route: string
  took_ms: number
  request_id: string
}

/** Gives each request its id and its base URL. After the answer it writes one log line and two metrics. */
export function requestContext(options: {
  logger: Logger
  metrics: HttpMetrics
  lifecycle: { readonly stopping: boolean }
  publicUrl: string | undefined
  trustedProxies: number
  addressId: AddressId
  slow_ms: number
  /** Called for each request that took longer than `slow_ms`. */
  onSlow: (request: SlowRequest) => void
}): MiddlewareHandler<AppEnv> {
  const { metrics, lifecycle, publicUrl, trustedProxies, addressId, slow_ms, onSlow } = options
  const writeLine = lineWriter(options.logger)
  const unsettled = createUnsettled()
  const isHttps = publicUrl?.startsWith('https:') ?? false
  return async (c, next) => {
    const startedAt = performance.now()
    const given = c.req.header('X-Request-Id')
    const requestId = given && saneId.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    // A connection that became a socket's has no address afterwards.
    const network = addressOf(c, trustedProxies)
    const address_id = addressId(network)
    c.set('network', network)
    c.set('addressId', address_id)
    c.set('route', c.env.isNamed ? routeOf(c) : undefined)
    c.set('unsettled', unsettled)
    c.set('baseUrl', publicUrl ?? originOf(c, trustedProxies > 0))
    await next()
    completeHeaders(c.res.headers, requestId, isHttps)
    // A reused connection would bring its next request to a process that is stopping.
    if (lifecycle.stopping) c.res.headers.set('Connection', 'close')
    const endedAt = performance.now()
    // The time in which a client sends its body is not the service's.
    const took_ms = endedAt - (c.get('arrivedAt') ?? startedAt)
    const route = c.get('route') ?? unknownRoute
    metrics.observe(c.req.method, route, c.get('apiCode') ?? c.res.status, took_ms)
    if (took_ms > slow_ms) onSlow({ method: c.req.method, route, took_ms, request_id: requestId })
    writeLine({
      request_id: requestId,
      method: c.req.method,
      route,
      status: c.res.status,
      code: c.get('apiCode'),
      user_id: c.get('caller')?.userId,
      address_id,
      took_ms: Math.round((endedAt - startedAt) * 10) / 10,
    })
  }
}

/** Answers in the envelope have these headers already. Pages, images and metrics get them here. */
function completeHeaders(headers: Headers, requestId: string, isHttps: boolean): void {
  if (isHttps) headers.set('Strict-Transport-Security', strictTransport)
  if (headers.has('X-Request-Id')) return
  headers.set('X-Request-Id', requestId)
  for (const [name, value] of Object.entries(securityHeaders)) if (!headers.has(name)) headers.set(name, value)
}

/** The origin that the client used: its Host header, with the scheme that a trusted proxy reports. */
function originOf(c: Context<AppEnv>, trustProxy: boolean): string {
  const url = c.req.url
  const origin = url.slice(0, url.indexOf('/', 8))
  const proto = trustProxy ? c.req.header('X-Forwarded-Proto') : undefined
  return proto === 'https' ? origin.replace(/^http:/, 'https:') : origin
}

import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { bearerOf } from './authenticate.ts'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'
import type { Metrics } from './metrics.ts'

/** One part of the service, as `/health` shows it. */
export type Check = 'ok' | 'away' | 'failing' | 'off'

export interface Health {
  version: string
  startedAt: Date
  /** Each remembers for a moment what it saw, and looks bounded in time: anyone may ask, as often as they like. */
  checks: Record<'database' | 'storage' | 'jobs' | 'realtime', () => Promise<Check>>
}

export interface OperatorRoutesDeps {
  health: Health
  lifecycle: { readonly stopping: boolean }
  metrics: Metrics
  metricsToken: string | undefined
}

/**
 * `/health` and its questions for balancers: `live` (is this process to be killed?), `ready` (is it to be sent requests?)
 * and `open` (does it take them, though it may have to refuse them while its database is away?); `/metrics` for Prometheus.
 */
export function operatorRoutes({ health, lifecycle, metrics, metricsToken }: OperatorRoutesDeps) {
  return new Hono<AppEnv>()
    .get('/health', async (c) => {
      const checks = Object.fromEntries(
        await Promise.all(Object.entries(health.checks).map(async ([name, look]) => [name, await look()] as const)),
      )
      const healthy = checks.database === 'ok' && !lifecycle.stopping
      const uptime_s = Math.floor((Date.now() - health.startedAt.getTime()) / 1000)
      const status = healthy ? 'healthy' : 'unhealthy'
      return c.json({ status, version: health.version, uptime_s, checks }, healthy ? 200 : 503)
    })
    .get('/health/live', (c) => c.json({ status: 'live' }))
    .get('/health/open', (c) => (lifecycle.stopping ? c.json({ status: 'stopping' }, 503) : c.json({ status: 'open' })))
    .get('/health/ready', async (c) => {
      const status = lifecycle.stopping
        ? 'stopping'
        : (await health.checks.database()) === 'ok'
          ? 'ready'
          : 'database away'
      return c.json({ status }, status === 'ready' ? 200 : 503)
    })
    .get('/metrics', async (c) => {
      if (metricsToken && !sameText(bearerOf(c) ?? '', metricsToken)) return refuseWith(c, 9002)
      return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType })
    })
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { cached } from '../lib/cached.ts'
import { bearerOf } from './authenticate.ts'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'
import { type HealthAnswer, healthAnswer } from './health-answer.ts'
import type { Metrics } from './metrics.ts'
import { type BareDocs, describe } from './operation-docs.ts'

/** One part of the service, as `/health` shows it. */
export type PartState = 'ok' | 'away' | 'failing' | 'off'

export interface Health {
  version: string
  startedAt: Date
  /** Each check has a time limit and caches its result for a moment: anyone may ask, as often as they like. */
  checks: Record<'database' | 'storage' | 'jobs' | 'realtime', () => Promise<PartState>>
}

/** What is asked for the health of the service. */
export interface HealthDeps {
  health: Health
  lifecycle: { readonly stopping: boolean }
}

export interface OperatorRoutesDeps extends HealthDeps {
  metrics: Metrics
  metricsToken: string | undefined
  /** Without a token the figures are nobody's there. */
  isProduction: boolean
}

/** The figures are computed at most so often, however many ask. */
const figuresAge_ms = 1_000

const tag = 'operations'
const json = 'application/json'

const healthDocs = describe({
  summary: 'The health of the service and its parts',
  tag,
  answers: {
    200: { says: 'Healthy', type: json, schema: healthAnswer },
    503: {
      says: 'The database can’t be written, the store fails, or the service is stopping',
      type: json,
      schema: healthAnswer,
    },
  },
})

const metricsDocs = describe({
  summary: 'Metrics for Prometheus',
  tag,
  mayHaveToken: true,
  answers: {
    200: { says: 'The metrics in its text format', type: 'text/plain' },
    404: { says: 'The token isn’t METRICS_TOKEN, or that is not set in production' },
  },
})

function question(summary: string, yes: string, ...no: string[]) {
  const answers: BareDocs['answers'] = {
    200: { says: 'Yes', type: json, schema: z.object({ status: z.literal(yes) }) },
  }
  if (no.length > 0) answers[503] = { says: 'No', type: json, schema: z.object({ status: z.enum(no) }) }
  return describe({ summary, tag, answers })
}

/**
 * `/health` for people, its three probes for balancers, and `/metrics` for Prometheus.
 * - `live`: should this process keep running?
 * - `ready`: should it get requests?
 * - `open`: does it accept requests, even if it must refuse them while its database is away?
 *
 * The probes don't check the store: without it only photos fail.
 */
export function operatorRoutes({ health, lifecycle, metrics, metricsToken, isProduction }: OperatorRoutesDeps) {
  const figures = cached(metrics.text, figuresAge_ms)
  return new Hono<AppEnv>()
    .get('/health', healthDocs, async (c) => {
      const now = await healthNow({ health, lifecycle })
      return c.json(now, now.status === 'healthy' ? 200 : 503)
    })
    .get('/health/live', question('Should this process keep running?', 'live'), (c) => c.json({ status: 'live' }))
    .get('/health/open', question('Does it accept requests?', 'open', 'stopping'), (c) =>
      lifecycle.stopping ? c.json({ status: 'stopping' }, 503) : c.json({ status: 'open' }),
    )
    .get('/health/ready', question('Should it get requests?', 'ready', 'stopping', 'database away'), async (c) => {
      const status = lifecycle.stopping
        ? 'stopping'
        : (await health.checks.database()) === 'ok'
          ? 'ready'
          : 'database away'
      return c.json({ status }, status === 'ready' ? 200 : 503)
    })
    .get('/metrics', metricsDocs, async (c) => {
      const isLocked = metricsToken ? !sameText(bearerOf(c) ?? '', metricsToken) : isProduction
      if (isLocked) return refuseWith(c, 9002)
      return c.body(await figures.get(), 200, { 'Content-Type': metrics.contentType })
    })
}

/** Every part of the service as it is now, and whether that is well enough. */
export async function healthNow({ health, lifecycle }: HealthDeps): Promise<HealthAnswer> {
  const { checks: looks, version, startedAt } = health
  const [database, storage, jobs, realtime] = await Promise.all([
    looks.database(),
    looks.storage(),
    looks.jobs(),
    looks.realtime(),
  ])
  const isHealthy = database === 'ok' && storage === 'ok' && !lifecycle.stopping
  const uptime_s = Math.floor((Date.now() - startedAt.getTime()) / 1000)
  const status = isHealthy ? 'healthy' : 'unhealthy'
  return { status, version, uptime_s, checks: { database, storage, jobs, realtime } }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

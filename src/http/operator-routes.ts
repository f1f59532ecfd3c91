import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { cached } from '../lib/cached.ts'
import { bearerOf } from './authenticate.ts'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'
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

export interface OperatorRoutesDeps {
  health: Health
  lifecycle: { readonly stopping: boolean }
  metrics: Metrics
  metricsToken: string | undefined
  /** Without a token the figures are nobody's there. */
  isProduction: boolean
}

/** The figures are computed at most so often, however many ask. */
const figuresAge_ms = 1_000

const tag = 'operations'
const check = z.enum(['ok', 'away', 'failing', 'off'])
const healthAnswer = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  version: z.string(),
  uptime_s: z.int(),
  checks: z.object({ database: check, storage: check, jobs: check, realtime: check }),
})
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
      const checks = Object.fromEntries(
        await Promise.all(Object.entries(health.checks).map(async ([name, look]) => [name, await look()] as const)),
      )
      const healthy = checks.database === 'ok' && checks.storage === 'ok' && !lifecycle.stopping
      const uptime_s = Math.floor((Date.now() - health.startedAt.getTime()) / 1000)
      const status = healthy ? 'healthy' : 'unhealthy'
      return c.json({ status, version: health.version, uptime_s, checks }, healthy ? 200 : 503)
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

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

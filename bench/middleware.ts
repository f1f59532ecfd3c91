/**
 * Measures the CPU time that each middleware before a draw costs for one request:
 * `bun bench/middleware.ts [--rounds n] [--requests n]`. It builds the chain one middleware longer each time and calls
 * it in this process, without a socket or a database. Each line is the difference to the shorter chain, as the median of
 * the rounds.
 */
import { parseArgs } from 'node:util'
import { Hono, type MiddlewareHandler } from 'hono'
import { pino } from 'pino'
import { createAddressId } from '../src/http/address.ts'
import { authenticate } from '../src/http/authenticate.ts'
import { requestContext } from '../src/http/context.ts'
import { createDialects } from '../src/http/dialects/dialects.ts'
import type { AppEnv } from '../src/http/env.ts'
import { ok } from '../src/http/envelope.ts'
import { jsonBody } from '../src/http/json-body.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { createRateLimit, limitAddresses, limitCaller } from '../src/http/rate-limits.ts'
import { requireRoute } from '../src/http/route-table.ts'
import { RememberingRouter } from '../src/http/router.ts'
import { validate } from '../src/http/validate.ts'
import { drawBody } from '../src/lottery/wire.ts'
import { median, rounded } from './sample.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, requests: { type: 'string', default: '20000' } },
})
const path = '/api/lottery/draw'
const caller = { userId: 1, sessionId: 's', isMerchant: false, exp: 4_102_444_800 }
const endless = createRateLimit('bench', 1_000_000_000, 60, true)
const none = async () => ({})
const dialects = createDialects({
  authFailureCode: 401,
  now: () => new Date(),
  elapsed_ms: () => performance.now(),
  presentWheel: () => Promise.reject(new Error('no wheel')),
  defaultWheel: { prizes: [], pity_prize_id: 1 },
  figures: {
    draws: none,
    account: none,
    today: none,
    drawsOfAll: none,
    prizeCodes: none,
    productTimes: none,
  },
})

/** Each middleware of `app.ts` that a draw passes, in order. */
const steps: readonly [name: string, make: (app: Hono<AppEnv>) => MiddlewareHandler<AppEnv>][] = [
  ['context', () => requestContext(contextOptions())],
  ['dialect', () => dialects.speak],
  ['route', (app) => requireRoute(app)],
  ['address limit', () => limitAddresses(endless)],
  ['body', () => jsonBody([])],
  ['authentication', () => authenticate({ callerOf: async () => caller })],
  ['write limit', () => limitCaller(endless)],
  ['validation', () => validate('json', drawBody, 3004) as unknown as MiddlewareHandler<AppEnv>],
  ['draw limit', () => limitCaller(endless)],
]

function contextOptions() {
  return {
    logger: pino({ level: 'silent' }),
    metrics: createMetrics().http,
    lifecycle: { stopping: false },
    publicUrl: undefined,
    trustedProxies: 0,
    addressId: createAddressId('bench'),
    slow_ms: 1_000,
    onSlow: () => {},
  }
}

/** An app with the first `length` middlewares and a handler that answers at once. */
function chain(length: number): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ router: new RememberingRouter(), getPath: dialects.pathOf })
  app.use((c, next) => {
    c.set('requestId', 'bench')
    c.set('route', path)
    c.set('baseUrl', 'http://localhost')
    return next()
  })
  for (const [, make] of steps.slice(0, length)) app.use(make(app))
  return app.post(path, (c) => ok(c, { drawn: true })) as unknown as Hono<AppEnv>
}

async function cpuOf(app: Hono<AppEnv>, requests: number): Promise<number> {
  const body = '{"draw_type":"single"}'
  const length = String(body.length)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': length, Authorization: 'Bearer token' }
  const init = { method: 'POST', headers, body }
  const { status } = await app.fetch(new Request(`http://localhost${path}`, init), { isNamed: true })
  if (status !== 200) throw new Error(`status ${status}`)
  const before = process.cpuUsage()
  for (let i = 0; i < requests; i += 1) await app.fetch(new Request(`http://localhost${path}`, init), { isNamed: true })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

const chains = [...steps.keys(), steps.length].map(chain)
const costs: number[][] = chains.map(() => [])
for (let round = 0; round <= Number(values.rounds); round += 1) {
  for (const [length, app] of chains.entries()) {
    const cost = await cpuOf(app, Number(values.requests))
    if (round > 0) costs[length]?.push(cost)
  }
}
for (const [index, [name]] of steps.entries()) {
  const added = costs[index + 1]?.map((cost, round) => cost - (costs[index]?.[round] ?? 0)) ?? []
  process.stdout.write(`${JSON.stringify({ middleware: name, cpu_us: rounded(median(added)) })}\n`)
}
process.stdout.write(`${JSON.stringify({ chain: 'all', cpu_us: rounded(median(costs.at(-1) ?? [])) })}\n`)

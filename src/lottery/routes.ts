import { Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { pageQuery, paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { limitCaller, type RateLimit } from '../http/rate-limits.ts'
import { validate } from '../http/validate.ts'
import type { Cached } from '../lib/cached.ts'
import type { Calendar } from '../lib/calendar.ts'
import { oncePer } from '../lib/once-per.ts'
import { may } from '../staff/roles.ts'
import { readStandings } from '../staff/standing.ts'
import type { Till } from '../till/till.ts'
import type { WheelLimits } from './announced-wheel.ts'
import { changeWheel } from './change-wheel.ts'
import type { Draw } from './draw.ts'
import { proofAnswer } from './fair-wire.ts'
import { openFairnessReader } from './fairness-routes.ts'
import { findDraw, proofOf } from './proof.ts'
import { readCounters, readDrawRecords, readDrawStatistics } from './queries.ts'
import { createTakeDraw, type Fairness } from './take-draw.ts'
import { readWheelVersions } from './versions.ts'
import { countersView, nextChangeView, versionView, wheelView } from './views.ts'
import { isOpen } from './wheel.ts'
import type { ShownWheel } from './wheel-mapping.ts'
import {
  configAnswer,
  drawAnswer,
  drawBody,
  drawIdParam,
  recordsAnswer,
  recordsQuery,
  statisticsAnswer,
  wheelsAnswer,
} from './wire.ts'

export interface LotteryDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  caches: { wheel: Cached<ShownWheel | undefined> }
  rules: { draw: Draw['settings']; wheel: { limits: WheelLimits } }
  limits: { draw: RateLimit }
  /** Undefined where draws can't be proven. */
  fairness: Fairness | undefined
}

/** `/api/lottery`: the wheel, its draws and their records. */
export function lotteryRoutes(deps: LotteryDeps) {
  const { database, till, calendar, now, caches, rules } = deps
  const takeDraw = createTakeDraw(deps)
  const openFairness = openFairnessReader(deps)
  const sharedPart = sharedPartOf(rules.wheel.limits)
  const wheelInForce = async () => {
    const wheel = await caches.wheel.get()
    if (!wheel?.isDue) return wheel
    await till.run(changeWheel, rules.wheel.limits)
    caches.wheel.invalidate()
    return caches.wheel.get()
  }
  return new Hono<AppEnv>()
    .get(
      '/config',
      describe({ summary: 'The wheel, its price and the caller’s counters', answer: configAnswer, refusals: [3001] }),
      async (c) => {
        const current = await wheelInForce()
        if (!current || !isOpen(current)) throw new Refusal(3001)
        const [counters, fairness] = await Promise.all([
          readCounters(database, c.get('caller').userId, calendar.dayOf(now())),
          openFairness(),
        ])
        const { limits, wheel, next_change } = sharedPart(current)
        return ok(c, { ...wheel, ...countersView(counters, limits, current.pity_prize_id), next_change, fairness })
      },
    )
    .post(
      '/draw',
      describe({
        summary: 'Draw 1, 3, 5 or 10 times, all or nothing',
        answer: drawAnswer,
        refusals: [3001, 3002, 3003, 3004, 3005, 9006],
        idempotent: true,
      }),
      validate('json', drawBody, { draw_type: 3004 }),
      limitCaller(deps.limits.draw),
      async (c) => takeDraw(c, c.req.valid('json')),
    )
    .get(
      '/draws/:draw_id/proof',
      describe({
        summary: 'What proves a draw, of the caller’s own or of anyone’s for staff who see ledgers',
        answer: proofAnswer,
        refusals: [3006, 3007],
      }),
      validate('param', drawIdParam, 3006),
      async (c) => {
        const found = await findDraw(database, c.req.valid('param').draw_id)
        if (!found || !(await maySee(database, c.get('caller').userId, found.userId))) throw new Refusal(3006)
        return ok(c, { proof: deps.fairness ? await proofOf(database, deps.fairness, found) : null })
      },
    )
    .get(
      '/wheels',
      describe({ summary: 'Every version of the wheel with its odds, newest first', answer: wheelsAnswer }),
      validate('query', pageQuery),
      async (c) => {
        const page = c.req.valid('query')
        const [current, { versions, total }] = await Promise.all([wheelInForce(), readWheelVersions(database, page)])
        const next_change = (current?.next && nextChangeView(current.next)) ?? null
        return ok(c, { wheels: versions.map(versionView), next_change, pagination: paginationOf(page, total) })
      },
    )
    .get(
      '/records',
      describe({ summary: 'The caller’s draws, newest first', answer: recordsAnswer }),
      validate('query', recordsQuery),
      async (c) => ok(c, await readDrawRecords(database, c.get('caller').userId, c.req.valid('query'))),
    )
    .get(
      '/statistics',
      describe({ summary: 'Statistics of the caller’s draws', answer: statisticsAnswer }),
      async (c) => ok(c, await readDrawStatistics(database, c.get('caller').userId)),
    )
}

/** Makes what the answers about a wheel share, and the limits in force with it. */
function sharedPartOf(setLimits: WheelLimits) {
  return oncePer((current: ShownWheel) => {
    const limits = current.rules ?? setLimits
    const next_change = current.next && nextChangeView(current.next)
    return { limits, wheel: wheelView(current, limits.pityLimit), next_change }
  })
}

async function maySee(database: Database, callerId: number, ownerId: number): Promise<boolean> {
  if (callerId === ownerId) return true
  const [standing] = await readStandings(database, [callerId])
  return standing?.status === 'active' && standing.role !== null && may(standing.role, 'ledgers')
}

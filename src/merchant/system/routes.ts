import { Hono } from 'hono'
import { readAlerts } from '../../alerts/kept.ts'
import { Refusal } from '../../contract/refusals.ts'
import type { AppEnv } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { healthNow } from '../../http/operator-routes.ts'
import { validate } from '../../http/validate.ts'
import { within } from '../../lib/within.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { MerchantDeps } from '../deps.ts'
import { askForRun } from './ask-for-run.ts'
import type { Attempt, JobView } from './parts.ts'
import { jobParam, type RanAnswer, ranAnswer, systemAnswer } from './wire.ts'

const mostAlerts = 100
/** The answer waits so long for a run to end. Most end at once. */
const patience_ms = 4_000

type Asked = { name: string; attempt?: Attempt | { outcome: 'running' } }

/** How the program itself does, and its jobs by hand. */
export function systemRoutes({ database, till, calendar, now, system }: MerchantDeps) {
  return new Hono<AppEnv>()
    .get(
      '/system',
      forStaff(['system'], {
        summary: 'Health, versions, queues, jobs and the alerts of the day',
        answer: systemAnswer,
      }),
      async (c) => {
        const today = calendar.dayOf(now())
        const [from, to] = [calendar.startOf(today), calendar.startOf(calendar.plusDays(today, 1))]
        const [health, version, jobs, alerts] = await Promise.all([
          healthNow(system),
          system.versions.database(),
          system.jobs.overview(),
          readAlerts(database, from, to, mostAlerts),
        ])
        const { runtime, schema } = system.versions
        return ok(c, {
          host: system.host,
          health,
          versions: { program: health.version, runtime, database: version, schema },
          queues: system.queues(),
          jobs: jobs.map(jobView),
          alerts: alerts.map(({ event, title, happened, details, host, raised_at }) => ({
            ...{ event, title, count: happened, details, host, raised_at: raised_at.toISOString() },
          })),
        })
      },
    )
    .post(
      '/jobs/:name/run',
      forStaff(['jobs'], {
        summary: 'Run a job now, due or not; it never runs twice at the same time',
        answer: ranAnswer,
        refusals: [9000],
        idempotent: true,
      }),
      validate('param', jobParam, 9000),
      async (c) => {
        const { name } = c.req.valid('param')
        if (!system.jobs.has(name)) throw new Refusal(9000, { issues: [{ path: 'name', message: '没有这个任务' }] })
        const input = { name, actor: actorOf(c) }
        const run = async (key: Parameters<Parameters<typeof once>[2]>[0]) => {
          const { answer, replayed } = await till.run(askForRun, input, key)
          if (replayed) return { answer, replayed }
          const attempt = await within(system.jobs.run(name), patience_ms, { outcome: 'running' as const })
          return { answer: { ...answer, attempt }, replayed }
        }
        return once<Asked>(c, {}, run, ranView)
      },
    )
}

function jobView({ name, due, isRunning, runs }: JobView) {
  return {
    ...{ name, due: due?.toISOString() ?? null, is_running: isRunning },
    runs: runs.map(({ started_at, ended_at, rows_done, error, instance }) => ({
      ...{ started_at: started_at.toISOString(), ended_at: ended_at?.toISOString() ?? null },
      ...{ rows: rows_done, error, instance },
    })),
  }
}

function ranView({ name, attempt }: Asked): RanAnswer {
  if (!attempt) return { name, outcome: 'asked', rows: null, error: null }
  const outcome = attempt.outcome === 'not_due' ? 'busy' : attempt.outcome
  return {
    ...{ name, outcome, rows: 'rows' in attempt ? attempt.rows : null },
    error: 'error' in attempt ? attempt.error : null,
  }
}

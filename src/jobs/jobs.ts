import { Cron } from 'croner'
import type { PartState } from '../http/operator-routes.ts'
import { cached } from '../lib/cached.ts'
import { createClockGuard } from './clock-guard.ts'
import { watchJobs } from './figures.ts'
import { instanceName } from './instance.ts'
import type { Job, JobDeps } from './job.ts'
import { heldLeases } from './lease.ts'
import { type Attempt, createRunner, dueAt } from './runner.ts'
import { type JobRun, jobRuns } from './runs.ts'
import { schedule } from './schedule.ts'

/** The scheduled jobs of the service. */
export interface Jobs {
  readonly all: readonly Job[]
  /** Runs a job now, due or not; `busy` when it is running anywhere. */
  run(job: Job): Promise<Attempt>
  /** A job's last run that ended, on any replica, and when the job is due next. */
  standing(job: Job): Promise<{ last: JobRun | undefined; due: Date | undefined }>
  /** The latest runs of every job, when it is due next, and whether it is running anywhere. */
  overview(): Promise<JobView[]>
  /** How many runs are recorded in the future because the clock was ahead. They are ignored. */
  runsAhead(): Promise<number>
  /** Runs what is due after a second, and from then on by the clock. */
  start(): void
  /** Starts nothing more and cuts short what is running. Resolves when that has ended. */
  stop(): Promise<void>
  /** `failing` when a job's last run failed or a job is long overdue; `off` where jobs are not started. */
  look(): Promise<PartState>
}

interface JobView {
  name: string
  due: Date | undefined
  isRunning: boolean
  runs: readonly JobRun[]
}

/** How many of a job's runs an overview has. */
const runsShown = 5

/** When overdue jobs are run: those whose run failed or was left by a killed replica. */
const catchUp = '50 */5 * * * *'
/** The first jobs wait for this long, so that the first requests come before them. */
const firstRun_ms = 1_000
const overdue_ms = 30 * 60_000
const lookMaxAge_ms = 5_000

export function createJobs(deps: JobDeps): Jobs {
  const { config, database, logger, now, elapsed_ms } = deps
  const runs = jobRuns(database, now)
  const clock = createClockGuard({ ...deps, runs })
  const all = schedule(deps)
  const underway = new Set<Promise<unknown>>()
  let timers: { stop(): void }[] = []
  let startedAt_ms: number | undefined
  const stopping = new AbortController()

  const attempt = createRunner({
    ...deps,
    runs,
    report: watchJobs(deps.metrics, all, runs),
    instance: instanceName(),
    stop: stopping.signal,
  })
  const track = <T>(work: Promise<T>): Promise<T> => {
    const tracked = work.finally(() => underway.delete(tracked))
    underway.add(tracked)
    return tracked
  }
  const runDue = (jobs: readonly Job[]) => {
    const inTurn = async () => {
      if (!(await clock.isTrusted())) return
      for (const job of jobs) {
        if (stopping.signal.aborted) return
        await attempt(job, 'if due').catch((error) => logger.error({ err: error, job: job.name }, 'job not run'))
      }
    }
    void track(inTurn().catch((error) => logger.error({ err: error }, 'jobs not run')))
  }
  const standing = async (job: Job) => {
    const [last, good] = await Promise.all([runs.last(job.name), runs.last(job.name, 'good')])
    return { last, due: dueAt(job, config.BUSINESS_TIMEZONE, good?.started_at) }
  }
  const overview = async () => {
    const held = await heldLeases(
      database,
      all.map(({ name }) => name),
    )
    return Promise.all(
      all.map(async (job) => {
        const [{ due }, recent] = await Promise.all([standing(job), runs.recent(job.name, runsShown)])
        return { name: job.name, due, isRunning: held.has(job.name), runs: recent }
      }),
    )
  }
  const health = cached<PartState>(async () => {
    const overdue = now().getTime() - overdue_ms
    const isNew = elapsed_ms() - (startedAt_ms ?? 0) < overdue_ms
    const standings = await Promise.all(all.map(standing))
    const failing = standings.some(({ last, due }) => {
      return (last?.error ?? null) !== null || (!isNew && due !== undefined && due.getTime() < overdue)
    })
    return failing ? 'failing' : 'ok'
  }, lookMaxAge_ms)

  return {
    all,
    run: (job) => track(attempt(job, 'now')),
    standing,
    overview,
    runsAhead: runs.ahead,
    start() {
      startedAt_ms = elapsed_ms()
      const timer = (when: string, jobs: readonly Job[]) =>
        new Cron(when, { timezone: config.BUSINESS_TIMEZONE, catch: report }, () => runDue(jobs))
      const report = (error: unknown) => logger.error({ err: error }, 'the schedule failed')
      const first = setTimeout(() => runDue(all), firstRun_ms)
      timers = [{ stop: () => clearTimeout(first) }, timer(catchUp, all), ...all.map((job) => timer(job.when, [job]))]
    },
    async stop() {
      stopping.abort()
      for (const timer of timers) timer.stop()
      await Promise.allSettled(underway)
    },
    look: async () => (startedAt_ms !== undefined ? health.get().catch(() => 'away' as const) : 'off'),
  }
}

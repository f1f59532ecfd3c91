import { Cron } from 'croner'
import { type Alert, AlertedError } from '../alerts/alert.ts'
import type { JobReport } from './figures.ts'
import type { Job, JobDeps } from './job.ts'
import { type Lease, takeLease } from './lease.ts'
import type { JobRuns } from './runs.ts'

/** How a run ended. `stopped` means that the service stopped first: nothing failed, and the job is still due. */
type Run =
  | { outcome: 'done' | 'stopped'; rows: number }
  | { outcome: 'failed'; rows: number; error: string; alert?: Alert }

/** How an attempt to run a job ended. `busy` means that the job is running, here or on another replica. */
export type Attempt = Run | { outcome: 'busy' | 'not_due' }

export interface RunnerOptions
  extends Pick<JobDeps, 'config' | 'database' | 'alerts' | 'logger' | 'now' | 'elapsed_ms'> {
  runs: JobRuns
  /** Called after each run. */
  report: (run: JobReport) => void
  /** The name of this process in leases and records; ASCII, at most 40 characters. */
  instance: string
  /** Aborted once the service stops. */
  stop: AbortSignal
}

/** A run ends after this many steps. What is left is due at the next run. */
const mostSteps = 1_000
const longestError = 500

/** The job's first tick after its last good run; undefined when there is none. */
export function dueAt(job: Job, timeZone: string, lastGood: Date | undefined): Date | undefined {
  if (!lastGood) return new Date(0)
  return new Cron(job.when, { timezone: timeZone, paused: true }).nextRun(lastGood) ?? undefined
}

/** Runs jobs, each under its lease, and records how each run went. A job never runs twice at the same time. */
export function createRunner(options: RunnerOptions) {
  const { config, alerts, logger, now, elapsed_ms, runs, report, instance } = options
  const running = new Set<string>()

  const isDue = async (job: Job) => {
    const due = dueAt(job, config.BUSINESS_TIMEZONE, (await runs.last(job.name, 'good'))?.started_at)
    return due !== undefined && due <= now()
  }

  const record = async (job: Job, lease: Lease): Promise<Attempt> => {
    const before = await runs.last(job.name)
    const startedAt_ms = elapsed_ms()
    const runId = await runs.begin(job.name, instance, now())
    const run = await work(job, lease, options.stop)
    const { outcome, rows } = run
    const error = run.outcome === 'failed' ? run.error : null
    const took_ms = Math.round(elapsed_ms() - startedAt_ms)
    logger.info({ job: job.name, fence: lease.fence, outcome, rows, took_ms, error }, 'job run')
    if (outcome === 'stopped') {
      await runs.forget(runId)
      return run
    }
    await runs.end(runId, { at: now(), rows, error })
    report({ job: job.name, failed: error !== null, rows, took_ms })
    if (run.outcome === 'failed' && isNews(run.error, before?.error))
      alerts.raise(run.alert ?? { event: 'job_failed', job: job.name, error: run.error })
    return run
  }

  return async (job: Job, only: 'if due' | 'now'): Promise<Attempt> => {
    if (running.has(job.name)) return { outcome: 'busy' }
    running.add(job.name)
    try {
      if (only === 'if due' && !(await isDue(job))) return { outcome: 'not_due' }
      const lease = await takeLease(options, job.name, instance)
      if (!lease) return { outcome: 'busy' }
      try {
        // Another replica may have run it before we got the lease.
        if (only === 'if due' && !(await isDue(job))) return { outcome: 'not_due' }
        return await record(job, lease)
      } finally {
        await lease.release()
      }
    } finally {
      running.delete(job.name)
    }
  }
}

/** Takes steps until nothing is due, the lease is lost or the service stops. */
async function work(job: Job, lease: Lease, stop: AbortSignal): Promise<Run> {
  let rows = 0
  let failed = 0
  try {
    for (let steps = 0; steps < mostSteps; steps += 1) {
      stop.throwIfAborted()
      if (!lease.isHeld()) return { outcome: 'failed', rows, error: 'the lease was lost' }
      const step = await job.step(stop)
      rows += step.rows
      failed += step.failed ?? 0
      if (!step.more) break
    }
    if (failed === 0) return { outcome: 'done', rows }
    return { outcome: 'failed', rows, error: `${failed} rows could not be settled` }
  } catch (error) {
    return stop.aborted && error === stop.reason
      ? { outcome: 'stopped', rows }
      : {
          outcome: 'failed',
          rows,
          error: describe(error),
          ...(error instanceof AlertedError && { alert: error.alert }),
        }
  }
}

/** Whether operators are to be told. A job that goes on failing is told once, unless its own alert changes. */
function isNews(error: string, before: string | null | undefined): boolean {
  if (before == null) return true
  const kindOf = (text: string) => text.replace(/\d+/g, '')
  const isAlerted = [error, before].some((text) => text.startsWith(`${AlertedError.name}:`))
  return isAlerted && kindOf(error) !== kindOf(before)
}

/** The kind of the innermost cause and its code, or its message if it has none. A statement's message holds parameters. */
function describe(error: unknown): string {
  let cause = error
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  const { name, code, message } = cause as { name?: string; code?: string; message?: string }
  return (code === undefined ? `${name}: ${message}` : `${name}: ${code}`).slice(0, longestError)
}

import type { Metrics } from '../http/metrics.ts'
import { cached } from '../lib/cached.ts'
import type { Job } from './job.ts'
import type { JobRuns } from './runs.ts'

/** A run of a job on this replica. */
export interface JobReport {
  job: string
  failed: boolean
  rows: number
  took_ms: number
}

const standingMaxAge_ms = 5_000

/** Adds the figures of jobs. Runs are those of this replica; the last success and the mismatches are of all replicas. */
export function watchJobs(metrics: Metrics, jobs: readonly Job[], runs: JobRuns): (report: JobReport) => void {
  const names = jobs.map(({ name }) => ({ name }))
  const outcomes = ['done', 'failed'].flatMap((outcome) => names.map((of) => ({ ...of, outcome })))
  // The label is not `job`: Prometheus uses that itself, for what it scrapes.
  const ran = metrics.counter('job_runs_total', 'Runs of jobs on this replica', ['name', 'outcome'], outcomes)
  const done = metrics.counter('job_rows_total', 'Rows that jobs settled here', ['name'], names)
  const last_s = new Map<string, number>()
  metrics.queryGauge('job_last_run_seconds', 'Length of the last run here', ['name'], async () =>
    [...last_s].map(([name, took_s]) => [{ name }, took_s] as const),
  )
  const good = cached(
    async () =>
      new Map(await Promise.all(names.map(async ({ name }) => [name, await runs.last(name, 'good')] as const))),
    standingMaxAge_ms,
  )
  const ended = 'When a job last went well on any replica; 0 for never'
  metrics.queryGauge('job_last_success_timestamp_seconds', ended, ['name'], async () =>
    [...(await good.get())].map(([name, run]) => [{ name }, (run?.ended_at?.getTime() ?? 0) / 1_000] as const),
  )
  metrics.queryGauge('reconcile_mismatches', 'What the last reconciliation on any replica found', [], async () => [
    [{}, (await good.get()).get('reconcile')?.rows_done ?? 0],
  ])
  return ({ job: name, failed, rows, took_ms }) => {
    ran({ name, outcome: failed ? 'failed' : 'done' })
    done({ name }, rows)
    last_s.set(name, took_ms / 1_000)
  }
}

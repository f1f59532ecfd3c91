import type { HealthDeps } from '../../http/operator-routes.ts'
import type { QueuesNow } from './wire.ts'

/** One run of a job, as it is kept. */
interface Run {
  started_at: Date
  ended_at: Date | null
  rows_done: number | null
  error: string | null
  instance: string
}

/** How an attempt to run a job ended. */
export type Attempt =
  | { outcome: 'done' | 'stopped'; rows: number }
  | { outcome: 'failed'; rows: number; error: string }
  | { outcome: 'busy' | 'not_due' }

/** A job, when it is due next, and its latest runs. */
export interface JobView {
  name: string
  due: Date | undefined
  isRunning: boolean
  runs: readonly Run[]
}

/** The jobs, as the staff meet them. */
interface OperatedJobs {
  overview(): Promise<JobView[]>
  /** Whether there is a job of this name. */
  has(name: string): boolean
  /** Runs a job now, due or not. */
  run(name: string): Promise<Attempt>
}

export interface SystemParts extends HealthDeps {
  jobs: OperatedJobs
  /** What waits in this process now. */
  queues(): QueuesNow
  versions: {
    runtime: string
    /** The latest migration that this program knows. */
    schema: string
    database(): Promise<string>
  }
  /** The name of the machine that answers. */
  host: string
}

import type { Logger } from 'pino'
import type { Alerts } from '../alerts/alerts.ts'
import type { Config } from '../config/config.ts'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Calendar } from '../lib/calendar.ts'
import type { Fairness } from '../lottery/take-draw.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import type { TransparencyLog } from '../tlog/log.ts'

/** Scheduled work. It asks what is due, so a missed tick, a restart or a second run does no harm. */
export interface Job {
  /** ASCII, at most 48 characters. */
  name: string
  /** For the person who lists the jobs. */
  about: string
  /** A cron pattern in the business time zone, with seconds. */
  when: string
  /**
   * Does one bounded batch of what is due.
   * @throws the reason of `stop` when it cuts a long batch short. The job is then still due.
   */
  step(stop: AbortSignal): Promise<Step>
}

export interface Step {
  /** Rows done by this step. */
  rows: number
  /** Rows that failed; they are due again at the next run. */
  failed?: number
  /** True when more rows may be due. */
  more: boolean
}

/** What jobs work with. */
export interface JobDeps {
  config: Pick<
    Config,
    | 'REVIEW_TTL_DAYS'
    | 'BUSINESS_TIMEZONE'
    | 'DAILY_LOTTERY_LIMIT'
    | 'LOTTERY_PITY_LIMIT'
    | 'STAFF_DAILY_POINTS'
    | 'LOG_WITNESSES'
  >
  database: Database
  till: Till<Push>
  metrics: Metrics
  alerts: Pick<Alerts, 'raise'>
  store: Store
  calendar: Calendar
  /** Undefined where nothing signs for the log. */
  log: TransparencyLog | undefined
  /** Undefined where draws can't be proven. */
  fairness: Fairness | undefined
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
}

import type { Database } from '../db/client.ts'

export interface TillOptions<Announcement> {
  database: Database
  /** Batches side by side. */
  lanes: number
  /** Operations in one batch at the most. */
  batchSize: number
  /** Operations waiting at the most; more are refused with 9007. */
  queueLimit: number
  /** How long an operation may wait before its batch begins. */
  queueTimeout_ms?: number
  /** How long the callers of a lost COMMIT wait for its outcome before they are told that it is not known yet. */
  settleTimeout_ms?: number
  now?: () => Date
  /** Called after each commit with what the batch announced, in order. */
  publish: (announcements: readonly Announcement[]) => void
  /** Called after each commit with every operation it was the first answer of, once an effect. */
  committed?: (operation: object, answer: unknown) => void
  /** Called for each operation that is refused because too many are waiting. */
  onFull?: () => void
  /** Called after each batch. */
  report?: (batch: BatchReport) => void
}

/** What a batch cost, for the metrics. */
export interface BatchReport {
  size: number
  refused: number
  retries: number
  /** The longest that one of its operations had waited. */
  queued_ms: number
  /** From the first statement to the answer to COMMIT, retries included. */
  took_ms: number
}

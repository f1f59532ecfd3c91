import type { Database } from '../db/client.ts'

export interface TillOptions<Announcement> {
  database: Database
  /** How many batches run at the same time. */
  lanes: number
  /** The most operations in one batch. */
  batchSize: number
  /** The most operations that wait; more are refused with 9007. */
  queueLimit: number
  /** How long an operation may wait before its batch begins. */
  queueTimeout_ms?: number
  /** How long callers wait to learn whether a lost COMMIT happened. Then they are told that it is not known yet. */
  settleTimeout_ms?: number
  now?: () => Date
  /** Called after each commit with the batch's announcements, in order. */
  publish: (announcements: readonly Announcement[]) => void
  /** Called after each commit for every operation that took effect. A replayed answer does not count again. */
  committed?: (operation: object, answer: unknown) => void
  /** Called for each operation refused because too many are waiting. */
  onFull?: () => void
  /** Called after each batch. */
  report?: (batch: BatchReport) => void
}

/** What a batch cost, for the metrics. */
export interface BatchReport {
  size: number
  refused: number
  retries: number
  /** How long the operation that waited longest had waited. */
  queued_ms: number
  /** From the first statement to the answer to COMMIT, retries included. */
  took_ms: number
}

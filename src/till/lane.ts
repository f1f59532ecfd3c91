import { Refusal } from '../contract/refusals.ts'
import { isDatabaseAway, isDatabaseGone, isDuplicateKey } from '../db/errors.ts'
import { type Transaction, transact, withoutCommit } from '../db/transact.ts'
import { Books } from './books.ts'
import { answer, away, decide, isBroken, type Job, needsOf, type Outcome, rejectAll } from './job.ts'
import type { Idempotency, Operation } from './operation.ts'
import { markBatch, withRetries } from './outcome.ts'
import type { TillAnswer, TillOptions } from './till.ts'

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

interface Committed<Announcement> {
  outcomes: Outcome[]
  announcements: readonly Announcement[]
  retries: number
}

type LaneOptions<Announcement> = TillOptions<Announcement> & { queueTimeoutMs: number }

/** One queue and the batches taken from it, one after the other: what arrives meanwhile is the next batch. */
export class Lane<Announcement> {
  #queue: Job<Announcement>[] = []
  #working = false
  #batch = 0
  #idle: (() => void)[] = []
  readonly #name: string
  readonly #options: LaneOptions<Announcement>

  constructor(name: string, options: LaneOptions<Announcement>) {
    this.#name = name
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.length
  }

  run<Input, Answer>(
    operation: Operation<Input, Answer, Announcement>,
    input: Input,
    idempotency: Idempotency | undefined,
  ): Promise<TillAnswer<Answer>> {
    return new Promise((resolve, reject) => {
      this.#queue.push({
        operation: operation as Operation<unknown, unknown, Announcement>,
        input,
        idempotency,
        arrivedAt: Date.now(),
        resolve: resolve as (answer: TillAnswer<unknown>) => void,
        reject,
      })
      if (!this.#working) void this.#work()
    })
  }

  /** Refuses what has waited since before `instant` (ms); nothing of it was begun. */
  dropOlderThan(instant: number): void {
    const expired = this.#queue.findIndex((job) => job.arrivedAt >= instant)
    const count = expired === -1 ? this.#queue.length : expired
    for (const job of this.#queue.splice(0, count)) job.reject(new Refusal(9007))
  }

  /** Resolves when nothing is waiting or running. */
  drained(): Promise<void> {
    return this.#working ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
  }

  async #work(): Promise<void> {
    this.#working = true
    while (this.#queue.length > 0) await this.#settle(this.#queue.splice(0, this.#options.batchSize))
    this.#working = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /**
   * Answers every job of a batch. An unexpected error runs its jobs again one by one, so that one can't sink the rest;
   * a key that another process inserted first is there to be read on the second try.
   */
  async #settle(jobs: Job<Announcement>[]): Promise<void> {
    const error = await this.#try(jobs)
    if (error === undefined) return
    if (isDatabaseAway(error)) return rejectAll(jobs, away(error))
    if (jobs.length === 1 && !isDuplicateKey(error)) return rejectAll(jobs, error)
    await this.#settleEach(jobs)
  }

  /** One by one, as long as there is a database and none has waited too long before its turn. */
  async #settleEach(jobs: Job<Announcement>[]): Promise<void> {
    for (const [index, job] of jobs.entries()) {
      if (job.arrivedAt < Date.now() - this.#options.queueTimeoutMs) {
        job.reject(new Refusal(9007))
        continue
      }
      const error = await this.#try([job])
      if (error === undefined) continue
      job.reject(isDatabaseAway(error) ? away(error) : error)
      if (isDatabaseGone(error)) return rejectAll(jobs.slice(index + 1), away(error))
    }
  }

  /** Commits a batch and answers its jobs; or answers nobody and returns the error that undid it. */
  async #try(jobs: Job<Announcement>[]): Promise<unknown> {
    const startedAt = Date.now()
    let batch: Committed<Announcement>
    try {
      batch = await this.#commit(jobs)
    } catch (error) {
      return error
    }
    // An operation that broke among others may have met what they had changed: it gets a batch of its own.
    const broken = jobs.length > 1 ? jobs.filter((_, index) => isBroken(batch.outcomes[index])) : []
    for (const [index, job] of jobs.entries()) if (!broken.includes(job)) answer(job, batch.outcomes[index])
    this.#options.publish(batch.announcements)
    for (const [index, { operation }] of jobs.entries()) {
      const outcome = batch.outcomes[index]
      if (outcome?.ok && !outcome.answer.replayed) this.#options.committed?.(operation, outcome.answer.answer)
    }
    this.#options.report?.({
      size: jobs.length,
      refused: batch.outcomes.filter((outcome) => !outcome.ok).length,
      retries: batch.retries,
      queued_ms: startedAt - (jobs[0]?.arrivedAt ?? startedAt),
      took_ms: Date.now() - startedAt,
    })
    await this.#settleEach(broken)
    return undefined
  }

  async #commit(jobs: Job<Announcement>[]): Promise<Committed<Announcement>> {
    const { database, now = () => new Date() } = this.#options
    const marker = { lane: this.#name, batch: ++this.#batch }
    const { result, retries } = await withRetries(database, marker, () => {
      const books = new Books<Announcement>(now())
      return transact(database, async (tx) => {
        const outcomes = await this.#attempt(tx, books, jobs, marker)
        return { outcomes, announcements: books.announcements }
      })
    })
    return { ...result, retries }
  }

  async #attempt(
    tx: Transaction,
    books: Books<Announcement>,
    jobs: Job<Announcement>[],
    marker: { lane: string; batch: number },
  ): Promise<Outcome[]> {
    await books.load(tx, jobs.flatMap(needsOf))
    const outcomes = jobs.map((job) => decide(books, job))
    if (!books.touched) return withoutCommit({ outcomes, announcements: [] })
    await books.save(tx)
    await markBatch(tx, marker)
    return outcomes
  }
}

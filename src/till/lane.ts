import { Refusal } from '../contract/refusals.ts'
import { type CommitUnknown, isDatabaseAway, isDatabaseFault, isDuplicateKey } from '../db/errors.ts'
import { type Transaction, transact, withoutCommit } from '../db/transact.ts'
import { within } from '../lib/within.ts'
import type { IdempotencyKey, Operation, TillAnswer } from './operation.ts'
import type { TillOptions } from './options.ts'
import { type Marker, markBatch, settle, withRetries } from './outcome.ts'
import { answer, away, decide, isBroken, needsOf, type Outcome, rejectAll, type Ticket, tellUnknown } from './ticket.ts'
import { UnitOfWork } from './unit-of-work.ts'

interface Committed<Announcement> {
  outcomes: Outcome[]
  announcements: readonly Announcement[]
  retries: number
}

type LaneOptions<Announcement> = TillOptions<Announcement> & { queueTimeout_ms: number; settleTimeout_ms: number }

/**
 * One queue. It runs its tickets in batches, one batch at a time; what arrives meanwhile is the next batch.
 *
 *     #work            takes the next batch from the queue until the queue is empty
 *     #answerBatch     tries a batch; after an error, refuses all (the database is at fault) or goes one by one
 *     #answerOneByOne  tries a batch for each ticket
 *     #try             commits a batch, answers and publishes while the next one is sent; when it fails, returns the
 *                      error and answers nobody
 *     #commit          runs the transaction, and again after a deadlock or a lost connection
 *     #attempt         is that transaction: marker, load, decide, save; without a change there is no COMMIT
 *     #happened        settles a lost COMMIT; the lane waits, but after `settleTimeout_ms` callers are told 9009
 *
 * When it is closed (`drained`), it answers what it has taken. A COMMIT whose callers were told 9009 is then given up.
 */
export class Lane<Announcement> {
  #queue: Ticket<Announcement>[] = []
  #working = false
  #batch = 0
  /** Those of a batch that go one by one, and have not begun. */
  #oneByOne: Ticket<Announcement>[] = []
  #idle: (() => void)[] = []
  #settlingSince: number | undefined
  #isClosing = false
  readonly #name: string
  readonly #options: LaneOptions<Announcement>

  constructor(name: string, options: LaneOptions<Announcement>) {
    this.#name = name
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** How long this lane has been finding out whether a COMMIT happened; 0 when it is not doing so. */
  get settling_ms(): number {
    return this.#settlingSince === undefined ? 0 : performance.now() - this.#settlingSince
  }

  run<Input, Answer>(
    operation: Operation<Input, Answer, Announcement>,
    input: Input,
    idempotency: IdempotencyKey | undefined,
  ): Promise<TillAnswer<Answer>> {
    return new Promise((resolve, reject) => {
      this.#queue.push({
        operation: operation as Operation<unknown, unknown, Announcement>,
        input,
        idempotency,
        arrivedAt: performance.now(),
        wasToldUnknown: false,
        resolve: resolve as (answer: TillAnswer<unknown>) => void,
        reject,
      })
      if (!this.#working) void this.#work()
    })
  }

  /** Refuses the tickets that arrived before `instant` on `performance`'s clock. None of them was begun. */
  dropOlderThan(instant: number): void {
    const firstInTime = this.#queue.findIndex((ticket) => ticket.arrivedAt >= instant)
    const count = firstInTime === -1 ? this.#queue.length : firstInTime
    for (const ticket of this.#queue.splice(0, count)) ticket.reject(new Refusal(9007))
  }

  /** Resolves when nothing is waiting or running. Gives up an outcome that no caller waits for any more. */
  drained(): Promise<void> {
    this.#isClosing = true
    return this.#working ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
  }

  async #work(): Promise<void> {
    this.#working = true
    while (this.#queue.length > 0) await this.#answerBatch(this.#queue.splice(0, this.#options.batchSize))
    this.#working = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /**
   * Answers every ticket of a batch. After an unexpected error it runs the tickets again one by one, so that one can't
   * spoil the others. If another process inserted an idempotency key first, the second try reads it.
   */
  async #answerBatch(tickets: Ticket<Announcement>[]): Promise<void> {
    const error = await this.#try(tickets)
    if (error === undefined) return
    if (isDatabaseFault(error)) return rejectAll(tickets, away(error))
    if (tickets.length === 1 && !isDuplicateKey(error)) return rejectAll(tickets, error)
    await this.#answerOneByOne(tickets)
  }

  /** Runs tickets one by one. Refuses those that waited too long, and all that are left once the database is gone. */
  async #answerOneByOne(tickets: Ticket<Announcement>[]): Promise<void> {
    this.#oneByOne = [...tickets]
    for (let ticket = this.#oneByOne.shift(); ticket; ticket = this.#oneByOne.shift()) {
      if (ticket.arrivedAt < performance.now() - this.#options.queueTimeout_ms) {
        ticket.reject(new Refusal(9007))
        continue
      }
      const error = await this.#try([ticket])
      if (error === undefined) continue
      ticket.reject(isDatabaseFault(error) ? away(error) : error)
      if (isDatabaseAway(error)) rejectAll(this.#oneByOne.splice(0), away(error))
    }
  }

  /** Commits a batch and answers its tickets. If the batch fails it answers none of them and returns the error. */
  async #try(tickets: Ticket<Announcement>[]): Promise<unknown> {
    const startedAt = performance.now()
    let batch: Committed<Announcement>
    try {
      batch = await this.#commit(tickets)
    } catch (error) {
      return error
    }
    // What the others changed may be why an operation broke, so it runs again in a batch of its own.
    const again = (ticket: Ticket<Announcement>, index: number) =>
      isBroken(batch.outcomes[index]) && !ticket.wasToldUnknown
    const broken = tickets.length > 1 ? tickets.filter(again) : []
    const tell = () => this.#tell(tickets, batch, { startedAt, broken })
    // The database begins with what comes next while these are answered.
    if (this.#queue.length > 0) setImmediate(tell)
    else tell()
    if (broken.length > 0) await this.#answerOneByOne(broken)
    return undefined
  }

  /** Answers the tickets of a committed batch but the `broken` ones, and publishes what it announced. */
  #tell(
    tickets: readonly Ticket<Announcement>[],
    { outcomes, announcements, retries }: Committed<Announcement>,
    { startedAt, broken }: { startedAt: number; broken: readonly Ticket<Announcement>[] },
  ): void {
    for (const [index, ticket] of tickets.entries()) if (!broken.includes(ticket)) answer(ticket, outcomes[index])
    this.#options.publish(announcements)
    for (const [index, { operation }] of tickets.entries()) {
      const outcome = outcomes[index]
      if (outcome?.ok && !outcome.result.replayed) this.#options.committed?.(operation, outcome.result.answer)
    }
    this.#options.report?.({
      size: tickets.length,
      refused: outcomes.filter((outcome) => !outcome.ok).length,
      retries,
      queued_ms: startedAt - (tickets[0]?.arrivedAt ?? startedAt),
      took_ms: performance.now() - startedAt,
    })
  }

  async #commit(tickets: Ticket<Announcement>[]): Promise<Committed<Announcement>> {
    const { database, now = () => new Date() } = this.#options
    const marker = { lane: this.#name, batch: ++this.#batch }
    const attempt = () => {
      const unit = new UnitOfWork<Announcement>(now())
      return transact(database, async (tx) => {
        const outcomes = await this.#attempt(tx, unit, tickets, marker)
        return { outcomes, announcements: unit.announcements }
      })
    }
    const { result, retries } = await withRetries(attempt, (lost) => this.#happened(tickets, marker, lost))
    return { ...result, retries }
  }

  /**
   * Finds out whether a lost COMMIT happened. Callers wait for at most `settleTimeout_ms`. Then they are told that the
   * outcome is not known yet, and their operations are never run again; those that come after them are refused.
   * @throws `lost` when the callers were told that and it did not happen, or when finding out was given up.
   */
  async #happened(tickets: Ticket<Announcement>[], marker: Marker, lost: CommitUnknown): Promise<boolean> {
    const { database, settleTimeout_ms } = this.#options
    const wereTold = () => tickets[0]?.wasToldUnknown ?? true
    this.#settlingSince = performance.now()
    const nextBatch = () => ++this.#batch
    const settling = settle({ database, marker, lost, nextBatch, isGivenUp: () => this.#isClosing && wereTold() })
    const known = await within(settling, settleTimeout_ms, undefined)
    if (known === undefined) {
      for (const ticket of tickets) tellUnknown(ticket, lost)
      rejectAll(this.#oneByOne.splice(0), away(lost))
    }
    const happened = await settling
    this.#settlingSince = undefined
    // This rejects what `tellUnknown` has promised; the callers themselves were answered then.
    if (happened === undefined) for (const ticket of tickets) ticket.reject(new Refusal(9009))
    if (!happened && wereTold()) throw lost
    return happened ?? false
  }

  async #attempt(
    tx: Transaction,
    unit: UnitOfWork<Announcement>,
    tickets: Ticket<Announcement>[],
    marker: Marker,
  ): Promise<Outcome[]> {
    markBatch(tx, marker)
    await unit.load(tx, tickets.flatMap(needsOf))
    const outcomes = tickets.map((ticket) => decide(unit, ticket))
    if (!unit.touched) withoutCommit({ outcomes, announcements: [] })
    unit.finish()
    await unit.save(tx)
    return outcomes
  }
}

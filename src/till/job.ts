import { Refusal } from '../contract/refusals.ts'
import type { Books } from './books.ts'
import { firstAnswer, idempotencyNeed, rememberAnswer } from './idempotency.ts'
import type { Idempotency, Operation } from './operation.ts'
import type { Need } from './shelf.ts'
import type { TillAnswer } from './till.ts'

/** An operation in a lane, with whom it answers. */
export interface Job<Announcement> {
  operation: Operation<unknown, unknown, Announcement>
  input: unknown
  idempotency: Idempotency | undefined
  arrivedAt: number
  resolve(answer: TillAnswer<unknown>): void
  reject(error: unknown): void
}

/** What came of one job in its batch. */
export type Outcome = { ok: true; answer: TillAnswer<unknown> } | { ok: false; error: unknown }

/** True for an error that is no refusal: nothing of it was kept. */
export function isBroken(outcome: Outcome | undefined): boolean {
  return outcome?.ok === false && !(outcome.error instanceof Refusal)
}

export function needsOf<Announcement>(job: Job<Announcement>): { owner: unknown; need: Need }[] {
  const needs = job.operation.needs(job.input)
  if (job.idempotency) needs.push(idempotencyNeed(job.idempotency))
  return needs.map((need) => ({ owner: job, need }))
}

/** A refusal or a broken operation is its own outcome: the books are as they were before it. */
export function decide<Announcement>(books: Books<Announcement>, job: Job<Announcement>): Outcome {
  const { operation, input, idempotency } = job
  try {
    const first = idempotency && firstAnswer(books, idempotency)
    if (first) return { ok: true, answer: { answer: first.answer, replayed: true } }
    return books.deciding(job, () => {
      const decided = operation.decide(books, input)
      if (idempotency) rememberAnswer(books, idempotency, operation.name, decided)
      return { ok: true, answer: { answer: decided, replayed: false } }
    })
  } catch (error) {
    return { ok: false, error }
  }
}

export function answer<Announcement>(job: Job<Announcement>, outcome: Outcome | undefined): void {
  if (outcome?.ok) job.resolve(outcome.answer)
  else job.reject(outcome?.error)
}

export function away(cause: unknown): Refusal {
  return new Refusal(9007, null, undefined, cause)
}

export function rejectAll<Announcement>(jobs: Job<Announcement>[], error: unknown): void {
  for (const job of jobs) job.reject(error)
}

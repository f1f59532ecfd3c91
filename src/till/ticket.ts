import { Refusal } from '../contract/refusals.ts'
import { StaleRead } from '../db/errors.ts'
import { firstAnswer, idempotencyNeed, rememberAnswer } from './idempotency.ts'
import type { IdempotencyKey, Operation, TillAnswer } from './operation.ts'
import type { UnitOfWork, Wanted } from './unit-of-work.ts'

/** An operation that waits in a lane, and how to answer its caller. */
export interface Ticket<Announcement> {
  operation: Operation<unknown, unknown, Announcement>
  input: unknown
  idempotency: IdempotencyKey | undefined
  /** By `performance.now()`. */
  arrivedAt: number
  /** True when its caller was told that the outcome is not known yet. */
  wasToldUnknown: boolean
  resolve(answer: TillAnswer<unknown>): void
  reject(error: unknown): void
}

/** The outcome of a write is not known yet. */
export class OutcomeUnknown extends Refusal {
  /** Resolves to the answer if the write happened. Rejects if it did not, or if finding out is given up. */
  readonly outcome: Promise<TillAnswer<unknown>>
  constructor(outcome: Promise<TillAnswer<unknown>>, cause?: unknown) {
    super(9009, null, { cause })
    this.outcome = outcome
    // Often nobody asks again; a rejection must not then end the process.
    outcome.catch(() => {})
  }
}

/** The outcome of one ticket in its batch. */
export type Outcome = { ok: true; result: TillAnswer<unknown> } | { ok: false; error: unknown }

/** True when the operation failed with anything but a refusal. */
export function isBroken(outcome: Outcome | undefined): boolean {
  return outcome?.ok === false && !(outcome.error instanceof Refusal)
}

export function needsOf<Announcement>(ticket: Ticket<Announcement>): Wanted[] {
  const needs = ticket.operation.needs(ticket.input)
  if (ticket.idempotency) needs.push(idempotencyNeed(ticket.idempotency))
  return needs.map((need) => ({ ticket, need }))
}

/**
 * Decides one ticket. Whatever else it throws becomes its outcome, and the unit of work is as it was before.
 * @throws {StaleRead} to run the whole batch again
 */
export function decide<Announcement>(unit: UnitOfWork<Announcement>, ticket: Ticket<Announcement>): Outcome {
  const { operation, input, idempotency } = ticket
  try {
    return unit.deciding(ticket, () => {
      const first = idempotency && firstAnswer(unit, idempotency)
      if (first) return { ok: true, result: { answer: first.answer, replayed: true } }
      const decided = operation.decide(unit, input)
      if (idempotency) rememberAnswer(unit, idempotency, operation.name, decided)
      return { ok: true, result: { answer: decided, replayed: false } }
    })
  } catch (error) {
    if (error instanceof StaleRead) throw error
    return { ok: false, error }
  }
}

export function answer<Announcement>(ticket: Ticket<Announcement>, outcome: Outcome | undefined): void {
  if (outcome?.ok) ticket.resolve(outcome.result)
  else ticket.reject(outcome?.error)
}

/** Tells the caller that the outcome is not known yet. That refusal carries a promise of the outcome. */
export function tellUnknown<Announcement>(ticket: Ticket<Announcement>, cause: unknown): void {
  const { promise, resolve, reject } = Promise.withResolvers<TillAnswer<unknown>>()
  ticket.reject(new OutcomeUnknown(promise, cause))
  Object.assign(ticket, { resolve, reject, wasToldUnknown: true })
}

export function away(cause: unknown): Refusal {
  return new Refusal(9007, null, { cause })
}

export function rejectAll<Announcement>(tickets: Ticket<Announcement>[], error: unknown): void {
  for (const ticket of tickets) ticket.reject(error)
}

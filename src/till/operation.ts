import type { Need } from './table-mapping.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * A change of points or stock: pure and synchronous over the rows it named. Time comes from the unit, random bits in
 * the input; it throws a `Refusal` to change nothing.
 */
export interface Operation<Input, Answer, Announcement = unknown> {
  readonly name: string
  /** Whose order matters: operations of one owner are decided in the order they came. */
  owner(input: Input): string | number
  needs(input: Input): Need[]
  decide(unit: UnitOfWork<Announcement>, input: Input): Answer
}

/** What makes a repeated request one effect. */
export interface Idempotency {
  /** Whose key it is. */
  owner: string
  /** 1-64 visible ASCII characters. */
  key: string
  /** A digest of route and validated input: the same key with another is refused. */
  fingerprint: string
}

/** An operation's answer; `replayed` when it is the first answer to an idempotency key, given again. */
export interface TillAnswer<Answer> {
  answer: Answer
  replayed: boolean
}

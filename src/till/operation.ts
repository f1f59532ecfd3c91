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

/** What makes a repeated request one effect: its key, or what came of the first where it has none. */
export type Idempotency = IdempotencyKey | EarlierOutcome

/** What came of an earlier request that this one repeats. */
export interface EarlierOutcome {
  earlier: TillAnswer<unknown>
}

export interface IdempotencyKey {
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

import type { Need } from './table-mapping.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * A change of points or stock. `decide` is pure and synchronous and works on the rows that `needs` named. It takes the
 * time from the unit and random bits from the input. It throws a `Refusal` to change nothing.
 */
export interface Operation<Input, Answer, Announcement = unknown> {
  readonly name: string
  /** Operations with the same key share a lane and are decided in the order they came. */
  laneKey(input: Input): string | number
  needs(input: Input): Need[]
  decide(unit: UnitOfWork<Announcement>, input: Input): Answer
}

/** What keeps a repeated request from having a second effect. */
export interface IdempotencyKey {
  owner: string
  /** 1-64 visible ASCII characters. */
  key: string
  /** A digest of route and validated input. The same key with another fingerprint is refused. */
  fingerprint: string
}

/** An operation's answer. `replayed` is true when an earlier request got this answer and it is given again. */
export interface TillAnswer<Answer> {
  answer: Answer
  replayed: boolean
}

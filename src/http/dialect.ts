import type { Refusal } from '../contract/refusals.ts'
import type { Form, FormLimits } from './form.ts'

/** A count of something that an older client sent or was answered with. */
export interface Use {
  count: number
}

/** How one request and its answer differ from the contract for an older client; a request without one is the contract's. */
export interface Dialect {
  /** A part of the request in the contract's words, before it is validated. */
  read(part: 'json' | 'query' | 'param', given: unknown): unknown
  /** The request's form in the contract's words. */
  readForm(limits: FormLimits): Promise<Form>
  /** True when this client leaves a field out that the contract wants. */
  mayOmit(field: string): boolean
  /** The access token where this client sends it, when that isn't `Authorization`. */
  readonly token: string | undefined
  /** The data of a success with what older clients read beside it. */
  write(data: object): object
  /** The code and sentence that this client understands. */
  refusal(refusal: Refusal): { code: number; message: string }
  /** What of older clients the request used, for whoever answers the same request from memory. */
  readonly uses: readonly Use[]
  /** Counts an answer that was written before. */
  answeredAgain(uses: readonly Use[]): void
  /** The version of what the request was completed from; undefined when it was whole. */
  readonly basis: number | undefined
  /** What was asked for in so many words, where the request was completed from what was there. */
  readonly asked: unknown
  /** Runs a write, or answers what an identical one came to whose caller had gone before its answer was written. */
  answerOnce(request: string, write: () => Promise<string>): Promise<{ text: string; replayed: boolean }>
}

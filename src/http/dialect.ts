import type { Refusal } from '../contract/refusals.ts'
import type { Form, FormLimits } from './form.ts'

/** Counts how often one alias of older clients was used. */
export interface Use {
  count: number
}

/** Translates one request of an older client, and its answer. Without a dialect the request follows the contract. */
export interface Dialect {
  /** Translates a part of the request into the contract's words, before validation. */
  read(part: 'json' | 'query' | 'param', given: unknown): unknown
  /** Reads the form and translates it into the contract's words. */
  readForm(limits: FormLimits): Promise<Form>
  /** True when this client may leave out a field that the contract requires. */
  mayOmit(field: string): boolean
  /** The access token, when this client sends it somewhere else than in `Authorization`. */
  readonly token: string | undefined
  /** Adds to the data of a success the fields that older clients read. */
  write(data: object): object
  /** The `msg` of a success with this data, where this client is told something; else undefined. */
  said(data: object): string | undefined
  /** The code and sentence that this client understands. */
  refusal(refusal: Refusal): { code: number; message: string }
  /** The aliases that this request used. A cached answer counts them again. */
  readonly uses: readonly Use[]
  /** Counts the aliases of a cached answer. */
  answeredAgain(uses: readonly Use[]): void
  /** The version of the stored state that filled in missing fields; undefined when nothing was missing. */
  readonly basis: number | undefined
  /** The body as it was sent, when missing fields were filled in from the stored state. */
  readonly asked: unknown
  /** Runs a write. If the caller of an identical write disconnected before its answer, it answers with that result. */
  answerOnce(request: string, write: () => Promise<string>): Promise<{ text: string; replayed: boolean }>
}

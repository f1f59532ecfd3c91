import type { AnswerAliases } from './answers.ts'
import type { RequestAlias } from './requests.ts'

/** What older clients send and read on one route. */
export interface RouteDialect {
  readonly json?: readonly RequestAlias[]
  readonly query?: readonly RequestAlias[]
  readonly form?: FormDialect
  readonly answer?: AnswerAliases
  /** Figures that are looked up for the answer. */
  readonly figures?: FigureName
  /** How the body becomes a whole wheel. */
  readonly wheel?: 'percent' | 'reset'
  /** The sentence of a refusal where another one is friendlier. */
  readonly sentences?: Readonly<Record<number, string>>
}

export interface FormDialect {
  /** Other names of the file. */
  readonly files: readonly string[]
  /** Other names of text fields: alias, then the contract's. */
  readonly fields: Readonly<Record<string, string>>
  /** The field that carries the access token. */
  readonly token: string
  /** Fields that a build leaves out. */
  readonly omits: Readonly<Record<string, Omitted>>
}

/** How a build is known that leaves a field out: by its `X-Client-Version`, or by the name of its file. */
export interface Omitted {
  readonly version: RegExp
  readonly file: string
}

/** Figures that no answer of the contract holds. */
export type FigureName = 'draws' | 'account' | 'today' | 'drawsOfAll' | 'prizeCodes' | 'productTimes'

/** By method and path of the contract. */
export type DialectTable = Readonly<Record<string, RouteDialect>>

import type { AnswerAliases } from './answers.ts'
import type { Fields, RequestAlias } from './requests.ts'

/** What older clients send to one route, and read in its answers. */
export interface RouteDialect {
  readonly json?: readonly RequestAlias[]
  readonly query?: readonly RequestAlias[]
  readonly form?: FormDialect
  readonly answer?: AnswerAliases
  /** The figures that are queried for the answer. */
  readonly figures?: FigureName
  /** How the body is completed to a whole wheel. */
  readonly wheel?: 'percent' | 'reset'
  /** The `msg` of a success that has something to say; undefined for `success`. */
  readonly says?: (answer: Fields) => string | undefined
  /** Friendlier sentences of refusals, by code. */
  readonly sentences?: Readonly<Record<number, string>>
}

export interface FormDialect {
  /** Other names of the file. */
  readonly files: readonly string[]
  /** Other names of text fields: alias, then the contract's. */
  readonly fields: Readonly<Record<string, string>>
  /** The field that carries the access token. */
  readonly token: string
  /** Fields that some builds leave out. */
  readonly omits: Readonly<Record<string, Omitted>>
}

/** Recognises a build that leaves a field out: by its `X-Client-Version`, or by the name of its file. */
export interface Omitted {
  readonly version: RegExp
  readonly file: string
}

/** Figures that no answer of the contract has. */
export type FigureName = 'draws' | 'account' | 'today' | 'drawsOfAll' | 'prizeCodes' | 'productTimes'

/** Dialects by the contract's method and path. */
export type DialectTable = Readonly<Record<string, RouteDialect>>

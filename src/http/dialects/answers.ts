import { type Fields, isFields } from './requests.ts'

/** What a function in `made` may use besides the answer. */
export interface Known {
  now: Date
  /** The client's `X-Client-Version`; empty without one. */
  version: string
  /** The figures that were queried for the answer. */
  figures: Fields
}

/** The fields that older clients read in an answer, besides the contract's own. */
export interface AnswerAliases {
  /**
   * Other names of fields: alias, then the contract's. `a.b` is the field `b` of `a`. A missing field is not copied.
   */
  readonly copies?: Readonly<Record<string, string>>
  /** Computed fields. One that is undefined is left out. */
  readonly made?: Readonly<Record<string, (data: Fields, known: Known) => unknown>>
  /** A nested object whose fields are copied to the top level. */
  readonly flat?: string
  /** A nested object whose fields take the place of those at the top level, where it is there. */
  readonly instead?: string
  /** The same for a nested object. */
  readonly parts?: Readonly<Record<string, AnswerAliases>>
  /** The same for every item of a list. */
  readonly lists?: Readonly<Record<string, AnswerAliases>>
}

export type Write = (data: Fields, known: Known) => Fields

/** The names of all aliases. Those inside parts and lists have the part's or list's name in front. */
export function aliasNames({ copies, made, flat, instead, parts, lists }: AnswerAliases): string[] {
  const inside = (within: AnswerAliases['parts'], mark: string) =>
    Object.entries(within ?? {}).flatMap(([name, aliases]) =>
      aliasNames(aliases).map((alias) => `${name}${mark}.${alias}`),
    )
  return [
    ...Object.keys(copies ?? {}),
    ...Object.keys(made ?? {}),
    ...(flat ? [`${flat}.*`] : []),
    ...(instead ? [`${instead}.* instead`] : []),
    ...inside(parts, ''),
    ...inside(lists, '[]'),
  ]
}

/** Adds the aliases to a copy of an answer's data. Nested aliases come first, so that a list's alias has them too. */
export function writerOf({ copies, made, flat, instead, parts, lists }: AnswerAliases): Write {
  const inside = Object.entries(parts ?? {}).map(([name, aliases]) => ({ name, write: writerOf(aliases) }))
  const items = Object.entries(lists ?? {}).map(([name, aliases]) => ({ name, write: writerOf(aliases) }))
  const copied = Object.entries(copies ?? {}).map(([alias, path]) => ({ alias, path: path.split('.') }))
  const makers = Object.entries(made ?? {})
  return (given, known) => {
    const other = instead === undefined ? undefined : given[instead]
    const data = isFields(other) ? { ...given, ...other } : given
    const written = { ...data }
    for (const { name, write } of inside) {
      const part = data[name]
      if (isFields(part)) written[name] = write(part, known)
    }
    for (const { name, write } of items) {
      const list = data[name]
      if (Array.isArray(list)) written[name] = list.map((item) => (isFields(item) ? write(item, known) : item))
    }
    for (const { alias, path } of copied) {
      const value = valueAt(written, path)
      if (value !== undefined) written[alias] = value
    }
    for (const [alias, make] of makers) written[alias] = make(data, known)
    const spread = flat === undefined ? undefined : written[flat]
    return isFields(spread) ? { ...spread, ...written } : written
  }
}

function valueAt(data: Fields, path: readonly string[]): unknown {
  let value: unknown = data
  for (const name of path) value = isFields(value) ? value[name] : undefined
  return value
}

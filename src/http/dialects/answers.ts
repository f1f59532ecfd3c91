import { type Fields, isFields } from './requests.ts'

/** What the makers of fields may know beside the answer. */
export interface Known {
  now: Date
  /** The client's `X-Client-Version`; empty without one. */
  version: string
  /** What was looked up for the answer. */
  figures: Fields
}

/** What older clients read in an answer, beside the contract's own fields. */
export interface AnswerAliases {
  /** Other names of fields; `a.b` is the field `b` of `a`. What isn't there isn't copied. */
  readonly copies?: Readonly<Record<string, string>>
  /** Fields made of others, or of what else is known. What comes to undefined isn't there. */
  readonly made?: Readonly<Record<string, (data: Fields, known: Known) => unknown>>
  /** An object whose fields stand flat as well. */
  readonly flat?: string
  /** The same for an object inside. */
  readonly parts?: Readonly<Record<string, AnswerAliases>>
  /** The same for every item of a list. */
  readonly lists?: Readonly<Record<string, AnswerAliases>>
}

export type Write = (data: Fields, known: Known) => Fields

/** The aliases' names, those of items and parts behind the name of theirs. */
export function aliasNames({ copies, made, flat, parts, lists }: AnswerAliases): string[] {
  const inside = (within: AnswerAliases['parts'], mark: string) =>
    Object.entries(within ?? {}).flatMap(([name, aliases]) =>
      aliasNames(aliases).map((alias) => `${name}${mark}.${alias}`),
    )
  return [
    ...Object.keys(copies ?? {}),
    ...Object.keys(made ?? {}),
    ...(flat ? [`${flat}.*`] : []),
    ...inside(parts, ''),
    ...inside(lists, '[]'),
  ]
}

/** Adds the aliases to a copy of an answer's data. Nested ones first, so that a list under another name has them too. */
export function writerOf({ copies, made, flat, parts, lists }: AnswerAliases): Write {
  const inside = Object.entries(parts ?? {}).map(([name, aliases]) => ({ name, write: writerOf(aliases) }))
  const items = Object.entries(lists ?? {}).map(([name, aliases]) => ({ name, write: writerOf(aliases) }))
  const copied = Object.entries(copies ?? {}).map(([alias, path]) => ({ alias, path: path.split('.') }))
  const makers = Object.entries(made ?? {})
  return (data, known) => {
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

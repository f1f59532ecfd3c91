import { type Fields, isFields } from './requests.ts'

/** What older clients read in an answer, beside the contract's own fields. */
export interface AnswerAliases {
  /** Other names of fields; `a.b` is the field `b` of `a`. What isn't there isn't copied. */
  readonly copies?: Readonly<Record<string, string>>
  /** Fields made of others, or of figures that were looked up for them. */
  readonly made?: Readonly<Record<string, (data: Fields, figures: Fields) => unknown>>
  /** An object whose fields stand flat as well. */
  readonly flat?: string
  /** The same for an object inside. */
  readonly parts?: Readonly<Record<string, AnswerAliases>>
  /** The same for every item of a list. */
  readonly lists?: Readonly<Record<string, AnswerAliases>>
}

export type Write = (data: Fields, figures: Fields) => Fields

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
  return (data, figures) => {
    const written = { ...data }
    for (const { name, write } of inside) {
      const part = data[name]
      if (isFields(part)) written[name] = write(part, figures)
    }
    for (const { name, write } of items) {
      const list = data[name]
      if (Array.isArray(list)) written[name] = list.map((item) => (isFields(item) ? write(item, figures) : item))
    }
    for (const { alias, path } of copied) {
      const value = valueAt(written, path)
      if (value !== undefined) written[alias] = value
    }
    for (const [alias, make] of makers) written[alias] = make(data, figures)
    const spread = flat === undefined ? undefined : written[flat]
    return isFields(spread) ? { ...spread, ...written } : written
  }
}

function valueAt(data: Fields, path: readonly string[]): unknown {
  let value: unknown = data
  for (const name of path) value = isFields(value) ? value[name] : undefined
  return value
}

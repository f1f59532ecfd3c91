/** A part of a request, or an item in it, as plain fields. */
export type Fields = Record<string, unknown>

/** What a rule may use besides the request's fields. */
export interface Surroundings {
  /** The start of every link to this service. */
  baseUrl: string
}

/** One alias that older clients send. `apply` changes the fields in place and returns true if it found the alias. */
export interface RequestAlias {
  readonly alias: string
  apply(fields: Fields, surroundings: Surroundings): boolean
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A rule of any kind. */
export function rule(alias: string, apply: RequestAlias['apply']): RequestAlias {
  return { alias, apply }
}

/** `alias` is another name of `field`. The contract's own name wins when both are sent. */
export function renamed(alias: string, field: string): RequestAlias {
  return rule(alias, (fields) => {
    if (!Object.hasOwn(fields, alias) || Object.hasOwn(fields, field)) return false
    fields[field] = fields[alias]
    return true
  })
}

/** Values of `field` that stand for another value in the contract. */
export function valued(field: string, meanings: Record<string, string>): RequestAlias[] {
  return Object.entries(meanings).map(([value, meaning]) =>
    rule(`${field}=${value}`, (fields) => {
      if (fields[field] !== value) return false
      fields[field] = meaning
      return true
    }),
  )
}

/** Values of `field` that mean the same as leaving it out. */
export function absent(field: string, ...values: unknown[]): RequestAlias[] {
  return values.map((value) =>
    rule(`${field}=${String(value)}`, (fields) => {
      if (fields[field] !== value) return false
      delete fields[field]
      return true
    }),
  )
}

/** Accepts enumerations in capitals. Only ASCII letters are lowered, so that no other character turns into one. */
export function anyCase(...enumerations: string[]): RequestAlias[] {
  return enumerations.map((field) =>
    rule(`${field} in capitals`, (fields) => {
      const value = fields[field]
      if (typeof value !== 'string' || !/[A-Z]/.test(value)) return false
      fields[field] = value.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      return true
    }),
  )
}

/** `field=value` stands for other fields. Those that were sent as well keep their values. */
export function meaning(field: string, value: string, fieldsMeant: Fields): RequestAlias {
  return rule(`${field}=${value}`, (fields) => {
    if (fields[field] !== value) return false
    for (const [name, meant] of Object.entries(fieldsMeant)) if (!Object.hasOwn(fields, name)) fields[name] = meant
    delete fields[field]
    return true
  })
}

/** Links to files on the phone itself, which nobody else can open. */
const onThePhone = /^(wxfile:\/\/|https?:\/\/(tmp|usr|store)\/)/i

/** Drops a link to a picture that is only on the phone. */
export function temporary(field: string): RequestAlias {
  return rule(`${field} on the phone`, (fields) => {
    const link = fields[field]
    if (typeof link !== 'string' || !onThePhone.test(link)) return false
    delete fields[field]
    return true
  })
}

/** Drops what is no link to this service: older builds send the picture that WeChat gave them, or nothing at all. */
export function foreign(field: string): RequestAlias {
  return rule(`${field} elsewhere`, (fields, { baseUrl }) => {
    if (!Object.hasOwn(fields, field)) return false
    const link = fields[field]
    if (typeof link === 'string' && URL.parse(link)?.origin === new URL(baseUrl).origin) return false
    delete fields[field]
    return true
  })
}

/** Applies the rules to every item of a list. */
export function each(list: string, aliases: readonly RequestAlias[]): RequestAlias[] {
  return aliases.map(({ alias, apply }) =>
    rule(`${list}[].${alias}`, (fields, surroundings) => {
      const items = fields[list]
      if (!Array.isArray(items)) return false
      return items.filter((item) => isFields(item) && apply(item, surroundings)).length > 0
    }),
  )
}

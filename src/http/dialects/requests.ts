/** A part of a request, or an item in it, as plain fields. */
export type Fields = Record<string, unknown>

/** What a rule may know of the request beside its fields. */
export interface Surroundings {
  /** The start of every link of ours. */
  baseUrl: string
}

/** One thing that older clients send. It changes the fields in place and tells whether it was there. */
export interface RequestAlias {
  readonly alias: string
  apply(fields: Fields, surroundings: Surroundings): boolean
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Any other rule. */
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

/** Each value of `field` that means another one in the contract. */
export function valued(field: string, meanings: Record<string, string>): RequestAlias[] {
  return Object.entries(meanings).map(([value, meaning]) =>
    rule(`${field}=${value}`, (fields) => {
      if (fields[field] !== value) return false
      fields[field] = meaning
      return true
    }),
  )
}

/** Values of `field` that say the same as leaving it out. */
export function absent(field: string, ...values: unknown[]): RequestAlias[] {
  return values.map((value) =>
    rule(`${field}=${String(value)}`, (fields) => {
      if (fields[field] !== value) return false
      delete fields[field]
      return true
    }),
  )
}

/** An enumeration in capitals. Letters of ASCII alone: no other one may turn into them. */
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

/** `field=value` stands for other fields, of which those that were sent stay as they are. */
export function meaning(field: string, value: string, fieldsMeant: Fields): RequestAlias {
  return rule(`${field}=${value}`, (fields) => {
    if (fields[field] !== value) return false
    for (const [name, meant] of Object.entries(fieldsMeant)) if (!Object.hasOwn(fields, name)) fields[name] = meant
    delete fields[field]
    return true
  })
}

/** Where a phone keeps a picture for itself: nobody else can see it there. */
const onThePhone = /^(wxfile:\/\/|https?:\/\/(tmp|usr|store)\/)/i

/** A picture's place on the phone, sent as its link: as if it weren't there. */
export function temporary(field: string): RequestAlias {
  return rule(`${field} on the phone`, (fields) => {
    const link = fields[field]
    if (typeof link !== 'string' || !onThePhone.test(link)) return false
    delete fields[field]
    return true
  })
}

/** The same rules for every item of a list. */
export function each(list: string, aliases: readonly RequestAlias[]): RequestAlias[] {
  return aliases.map(({ alias, apply }) =>
    rule(`${list}[].${alias}`, (fields, surroundings) => {
      const items = fields[list]
      if (!Array.isArray(items)) return false
      return items.filter((item) => isFields(item) && apply(item, surroundings)).length > 0
    }),
  )
}

import fc from 'fast-check'

/** The part of JSON Schema that the service's document uses. */
export interface Schema {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  multipleOf?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
}

/** Values that the service has answered, by their names: real ids, codes and tokens. */
export type Known = (name: string) => readonly unknown[]

const longestText = 40
const mostItems = 8

/** Values that the schema allows. Where values of that name are known, most are those. */
export function valid(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const made = byShape(schema, known, name)
  return name === ''
    ? made
    : fc.oneof({ arbitrary: made, weight: 1 }, { arbitrary: told(known, name, made), weight: 3 })
}

/** Picks a known value only when it is used, because more become known while the service answers. */
function told(known: Known, name: string, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(fc.nat(), otherwise).map(([index, other]) => {
    const values = known(name)
    return values.length > 0 ? values[index % values.length] : other
  })
}

function byShape(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  const { type, anyOf } = schema
  if (anyOf) return fc.oneof(...anyOf.map((one) => valid(one, known, name)))
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (type === 'object') return objects(schema, known)
  if (type === 'array') {
    const { items = {}, minItems: minLength = 0, maxItems = mostItems } = schema
    return fc.array(valid(items, known), { minLength, maxLength: Math.max(minLength, Math.min(maxItems, mostItems)) })
  }
  if (type === 'integer' || type === 'number') return numbers(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  return texts(schema)
}

function objects({ properties = {}, required = [] }: Schema, known: Known): fc.Arbitrary<unknown> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [name, one] of Object.entries(properties)) fields[name] = valid(one, known, name)
  return fc.record(fields, { requiredKeys: required })
}

function numbers({ type, minimum = -1_000, maximum = 1_000, multipleOf }: Schema): fc.Arbitrary<number> {
  const range = { min: Math.ceil(minimum), max: Math.floor(maximum) }
  const whole = fc.oneof(fc.integer({ ...range, max: Math.min(range.max, range.min + 1_000) }), fc.integer(range))
  if (type === 'integer') return whole
  return multipleOf ? whole.map((value) => Number((value * multipleOf).toFixed(2))) : fc.oneof(whole, fc.double(range))
}

function texts({ pattern, format, minLength = 0, maxLength = longestText }: Schema): fc.Arbitrary<string> {
  if (format === 'date') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
  if (pattern) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, Math.max(minLength, longestText)) })
}

const hostileTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  '１２３',
  '1.5',
  'NaN',
  'null',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '%',
  '_%\\',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '\\\\host\\share',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '%s%n%x',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  'a\u0000b',
  '\r\nSet-Cookie: a=b',
  '\u202e\u200b\ufeff',
  '\ud800',
  'é'.normalize('NFD'),
  '🍜'.repeat(30),
  '2026-02-30',
  '9999-12-31',
  '0000-01-01',
  'EX_0000000000000000',
  'UP_0000000000000000',
  'a'.repeat(70_000),
]

const hostileNumbers = [0, -0, -1, 0.5, 1.005, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308, 5e-324, -1e-7]

/** Values that no field asks for. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...hostileTexts, ...hostileNumbers),
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { $gt: '' }, { length: 1 }, { toJSON: 1 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.anything({ maxDepth: 3, withBigInt: false, withDate: false, withMap: false, withSet: false }),
)

/** Hostile texts that fit into a URL. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts.filter((text) => text.length < 1_000)),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

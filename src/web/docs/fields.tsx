import type { Schema } from './document.ts'

interface Field {
  name: string
  type: string
  isRequired: boolean
  about: string
}

/** Limits as people write them, by their names in JSON Schema. */
const limits: Record<string, (value: unknown) => string> = {
  minimum: (value) => `≥ ${value}`,
  maximum: (value) => `≤ ${value}`,
  minLength: (value) => `length ≥ ${value}`,
  maxLength: (value) => `length ≤ ${value}`,
  minItems: (value) => `items ≥ ${value}`,
  maxItems: (value) => `items ≤ ${value}`,
  pattern: (value) => `matches ${value}`,
  format: (value) => `${value}`,
  default: (value) => `${JSON.stringify(value)} by default`,
}
/** What a whole number may be anyway says nothing. */
const isPlain = (value: unknown) => typeof value === 'number' && Math.abs(value) >= Number.MAX_SAFE_INTEGER

export function typeOf(schema: Schema): string {
  const { type = 'any', items, anyOf, oneOf } = schema
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const either = anyOf ?? oneOf
  if (either) return [...new Set(either.map(typeOf))].join(' | ')
  if (type === 'array') return `${items ? typeOf(items) : 'any'}[]`
  if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`
  return type
}

function aboutOf(schema: Schema): string {
  const told = Object.entries(limits)
    .filter(([name]) => schema[name] !== undefined && !isPlain(schema[name]))
    .map(([name, says]) => says(schema[name]))
  return [schema.description, ...told].filter(Boolean).join('; ')
}

/** Every field of a schema by its path, those of objects inside included. */
function fieldsOf(schema: Schema, before = ''): Field[] {
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, field]) => [
    { name: `${before}${name}`, type: typeOf(field), isRequired: required.includes(name), about: aboutOf(field) },
    ...insideOf(field, `${before}${name}`),
  ])
}

function insideOf(schema: Schema, name: string): Field[] {
  if (schema.items) return insideOf(schema.items, `${name}[]`)
  for (const one of schema.anyOf ?? schema.oneOf ?? []) {
    const inside = insideOf(one, name)
    if (inside.length > 0) return inside
  }
  return fieldsOf(schema, `${name}.`)
}

export function Fields({ title, schema }: { title: string; schema: Schema }) {
  const rows = schema.items ? insideOf(schema, '') : fieldsOf(schema)
  return rows.length === 0 ? (
    <p>
      {title}: <code>{typeOf(schema)}</code>
    </p>
  ) : (
    <FieldTable title={title} rows={rows} />
  )
}

export function FieldTable({ title, rows }: { title: string; rows: readonly Field[] }) {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ name, type, isRequired, about }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
              {isRequired && <b title="required">*</b>}
            </th>
            <td>
              <code>{type}</code>
              {about !== '' && <small>{about}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

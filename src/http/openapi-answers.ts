import { z } from 'zod'
import { type RefusalCode, refusals } from '../contract/refusals.ts'
import { statusOf } from './envelope.ts'
import type { BareDocs, OperationDocs } from './operation-docs.ts'

/** The responses of an operation in the envelope, by HTTP status. */
export function responsesOf(docs: OperationDocs, codes: ReadonlySet<RefusalCode>): Record<string, object> {
  const headers = { 'X-Api-Code': { schema: { type: 'integer' } }, 'X-Request-Id': { schema: { type: 'string' } } }
  const refused = (status: number) => [...codes].filter((code) => statusOf(code) === status).map(refusalSchema)
  const success = {
    type: 'object',
    properties: { code: { const: 0 }, msg: { const: 'success' }, data: schemaOf(docs.answer, 'output') },
    required: ['code', 'msg', 'data'],
    additionalProperties: false,
  }
  return {
    '200': {
      description: 'The answer, or a refusal by its code',
      headers,
      content: jsonContent({ oneOf: [success, ...refused(200)] }),
    },
    ...Object.fromEntries(
      [...new Set([...codes].map(statusOf))]
        .filter((status) => status !== 200)
        .map((status) => [
          String(status),
          { description: 'The request could not be read', headers, content: jsonContent({ oneOf: refused(status) }) },
        ]),
    ),
  }
}

/** The responses of an operation outside of the envelope. */
export function bareResponsesOf({ answers }: BareDocs): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { says, type, schema }]) => {
      const content = type ? { content: { [type]: schema ? { schema: schemaOf(schema, 'output') } : {} } } : {}
      return [status, { description: says, ...content }]
    }),
  )
}

function refusalSchema(code: RefusalCode): object {
  return {
    type: 'object',
    properties: {
      code: { const: code },
      msg: { type: 'string', examples: [refusals[code].sentence] },
      data: schemaOf(refusals[code].data, 'output'),
    },
    required: ['code', 'msg', 'data'],
    additionalProperties: false,
  }
}

export function jsonContent(schema: object): object {
  return { 'application/json': { schema } }
}

export function formContent({ file, fields }: NonNullable<OperationDocs['form']>): object {
  const { properties = {}, required = [] } = schemaOf(fields, 'input') as { properties?: object; required?: string[] }
  const binary = { type: 'string', contentMediaType: 'application/octet-stream' }
  const schema = { type: 'object', properties: { [file]: binary, ...properties }, required: [file, ...required] }
  return { 'multipart/form-data': { schema } }
}

/** Converts a zod schema into JSON Schema (draft 2020-12). */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return json
}

import type { Hono } from 'hono'
import { z } from 'zod'
import { clientFrame, frameOf, messageTypes } from '../contract/messages.ts'
import { type RefusalCode, refusals } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'
import { type Example, exampleOf, withExample } from './examples.ts'
import { familyOf } from './failures.ts'
import { bareResponsesOf, formContent, jsonContent, responsesOf, schemaOf } from './openapi-answers.ts'
import { type BareDocs, docsOf, type InputDocs, inputOf, isBare, type OperationDocs } from './operation-docs.ts'

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: { securitySchemes: Record<string, object> }
  /** The schemas of the frames that the server sends on `/ws`, by message type. */
  'x-messages': Record<string, object>
  /** The schema of the frames that a client may send there. */
  'x-client-messages': object
  /** The usual sentence of each code. */
  'x-codes': Record<string, string>
}

export interface OpenApiOperation {
  summary: string
  tags: string[]
  operationId: string
  security: Record<string, string[]>[]
  parameters: object[]
  requestBody?: object
  responses: Record<string, object>
  /** The codes that this operation can refuse with. */
  'x-refusals': number[]
  /** The rights of staff that open it, one is enough. */
  'x-rights'?: readonly string[]
  /** One call as it went. */
  'x-example'?: Example
}

/** Every route can refuse with these. */
const everywhere: readonly RefusalCode[] = [9000, 9006, 9007]
const withToken: readonly RefusalCode[] = [2001, 2002, 2004]
const withBody: readonly RefusalCode[] = [9001, 9004, 9005]

interface Route {
  method: string
  path: string
  docs: OperationDocs | BareDocs
  inputs: InputDocs[]
}

/** The API's description, made from the routes themselves and the schemas that validate them. */
export function openApiOf(app: Hono<AppEnv>, version: string): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {}
  for (const route of documentedRoutes(app)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    const operation = withExample(operationOf(route), exampleOf(route.method, path))
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Restaurant points',
      version,
      description:
        'Every answer is an envelope { code, msg, data }. Code 0 is a success. A request that reaches its route gets HTTP status 200, also when it is refused; the same code stands in X-Api-Code. Health, metrics, images and sockets answer without the envelope.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    'x-messages': Object.fromEntries(messageTypes.map((type) => [type, schemaOf(frameOf(type), 'output')])),
    'x-client-messages': schemaOf(clientFrame, 'output'),
    'x-codes': Object.fromEntries(Object.entries(refusals).map(([code, { sentence }]) => [code, sentence])),
  }
}

/** The routes with their documentation. Undocumented routes are listed too, so that a test can find them. */
export function documentedRoutes(app: Hono<AppEnv>): Route[] {
  const routes = new Map<string, Route>()
  for (const { method, path, handler } of app.routes) {
    if (method === 'ALL') continue
    const id = `${method} ${path}`
    const route = routes.get(id) ?? { method, path, docs: undocumented, inputs: [] }
    const input = inputOf(handler)
    if (input) route.inputs.push(input)
    route.docs = docsOf(handler) ?? route.docs
    routes.set(id, route)
  }
  return [...routes.values()]
}

/** The placeholder for a route without documentation. */
export const undocumented: OperationDocs = { summary: '', answer: z.never() }

function operationOf(route: Route): OpenApiOperation {
  const { method, path, docs, inputs } = route
  const named = {
    summary: docs.summary,
    operationId: `${method.toLowerCase()}${path.replace(/[/:_-]+(\w?)/g, (_, first: string) => first.toUpperCase())}`,
  }
  if (isBare(docs)) return { ...named, ...bareOperationOf(path, docs) }
  const body = inputs.find(({ target }) => target === 'json')
  const codes = new Set<RefusalCode>([
    ...(docs.refusals ?? []),
    ...(docs.public ? [] : withToken),
    ...(method === 'GET' ? [] : [...withBody, 9009 as const]),
    ...(docs.idempotent ? [9008 as const] : []),
    ...everywhere,
    familyOf(path),
  ])
  return {
    ...named,
    tags: [path.split('/')[2] ?? 'api'],
    security: docs.public ? [] : [{ bearer: [] }],
    parameters: [
      ...inputs.filter(({ target }) => target !== 'json').flatMap(parametersOf),
      ...(docs.idempotent ? [idempotencyKey] : []),
      ...(docs.mayWait ? [knowsApprovals] : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: !body.schema.safeParse({}).success,
            content: jsonContent(schemaOf(body.schema, 'input')),
          },
        }
      : {}),
    ...(docs.form ? { requestBody: { required: true, content: formContent(docs.form) } } : {}),
    responses: responsesOf(docs, codes),
    'x-refusals': [...codes].sort((a, b) => a - b),
    ...(docs.rights ? { 'x-rights': docs.rights } : {}),
  }
}

function bareOperationOf(path: string, docs: BareDocs) {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const inQuery = docs.query ? parametersOf({ target: 'query', schema: docs.query }) : []
  const security: Record<string, string[]>[] = docs.mayHaveToken ? [{}, { bearer: [] }] : []
  const parameters = [...inPath, ...inQuery]
  return { tags: [docs.tag], security, parameters, responses: bareResponsesOf(docs), 'x-refusals': [] }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'A repeated request with the same key gets the first answer again and changes nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[!-~]+$' },
}

const knowsApprovals = {
  name: 'X-Approvals',
  in: 'header',
  description: 'With 1, what waits for approval is a success with approval_status pending; without it, 6013.',
  schema: { type: 'string', enum: ['1'] },
}

function parametersOf({ target, schema }: InputDocs): object[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  const place = target === 'param' ? 'path' : 'query'
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

import { expect, test } from 'bun:test'
import Ajv from 'ajv/dist/2020'
import { createApp } from '../../src/app.ts'
import { documentedRoutes, type OpenApiDocument, openApiOf, undocumented } from '../../src/http/openapi.ts'
import { useService } from '../support/service.ts'

const service = useService()
const routes = () => documentedRoutes(createApp(service.services))
const bareTags = new Set(['operations', 'images', 'sockets', 'document', 'pages', 'log'])
interface Listed {
  description: string
  content?: Record<string, { schema?: object }>
}
const document = async () => (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApiDocument

test('the document lists every route with its summary and its answer', async () => {
  const { paths } = await document()
  expect(routes().length).toBeGreaterThan(20)
  for (const { method, path, docs } of routes()) {
    expect(docs, `${method} ${path} is not described`).not.toBe(undocumented)
    expect(paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.summary).toBe(docs.summary)
  }
  const listed = Object.values(paths).flatMap((methods) => Object.keys(methods))
  expect(listed).toHaveLength(routes().length)
})

test('the document describes inputs by the schemas that validate them', async () => {
  const { paths } = await document()
  const text = JSON.stringify(paths['/api/exchange/submit']?.post?.requestBody)
  expect(text).toContain('"quantity":{"default":1,"type":"integer","minimum":1,"maximum":99}')
  const names = ((paths['/api/exchange/products']?.get?.parameters ?? []) as { name: string }[]).map(({ name }) => name)
  expect(names).toEqual([
    'page',
    'limit',
    'category',
    'min_points',
    'max_points',
    'stock_status',
    'sort_by',
    'sort_order',
  ])
})

test('each part of a path that varies is among the parameters of its operations', async () => {
  const { paths } = await document()
  const inPath = (parameters: object[]) =>
    (parameters as { name: string; in: string }[]).flatMap((one) => (one.in === 'path' ? one.name : []))
  for (const [path, methods] of Object.entries(paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    for (const [method, { parameters }] of Object.entries(methods))
      expect([method, path, inPath(parameters)]).toEqual([method, path, names])
  }
})

test('operation ids are unique, and the document lists each operation’s refusals', async () => {
  const operations = Object.values((await document()).paths).flatMap((methods) => Object.values(methods))
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  const enveloped = operations.filter(({ tags }) => !tags.some((tag) => bareTags.has(tag)))
  expect(enveloped.length).toBeGreaterThan(40)
  for (const operation of enveloped) expect(operation['x-refusals']).toContain(9007)
})

test.each([
  ['/health', 200],
  ['/health/live', 200],
  ['/health/open', 200],
  ['/health/ready', 200],
  ['/metrics', 200],
  ['/ws', 426],
  ['/', 200],
  ['/assets/{name}', 404],
  ['/images/{name}', 404],
  ['/avatars/{name}', 404],
  ['/product-images/{name}', 404],
  ['/api/docs', 200],
  ['/api/openapi.json', 200],
])('%s, which answers without the envelope, answers %d as the document says', async (path, status) => {
  const response = await fetch(`${service.url}${path.replace('{name}', 'none.jpg')}`)
  expect(response.status).toBe(status)
  const listed = (await document()).paths[path]?.get?.responses[status] as Listed
  expect(listed.description).toBeTruthy()
  const [type, content] = Object.entries(listed.content ?? {})[0] ?? []
  if (type) expect(response.headers.get('Content-Type')).toStartWith(type)
  if (content?.schema) expect(new Ajv({ strict: false }).validate(content.schema, await response.json())).toBe(true)
})

test('the document is the same for any app', () => {
  const app = createApp(service.services)
  expect(openApiOf(app, '9.9.9').info.version).toBe('9.9.9')
})

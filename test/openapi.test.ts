import { expect, test } from 'bun:test'
import { createApp } from '../src/app.ts'
import { documentedRoutes, type OpenApiDocument, openApiOf, undocumented } from '../src/http/openapi.ts'
import { useService } from './support/service.ts'

const service = useService()
const pages = new Set(['/api/openapi.json', '/api/docs'])
const routes = () => documentedRoutes(createApp(service.services)).filter(({ path }) => !pages.has(path))
const document = async () => (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApiDocument

test('every route of the API is listed, with its summary and its answer', async () => {
  const { paths } = await document()
  expect(routes().length).toBeGreaterThan(20)
  for (const { method, path, docs } of routes()) {
    expect(docs, `${method} ${path} is not described`).not.toBe(undocumented)
    expect(paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.summary).toBe(docs.summary)
  }
  const listed = Object.values(paths).flatMap((methods) => Object.keys(methods))
  expect(listed).toHaveLength(routes().length)
})

test('inputs are the schemas that validate', async () => {
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

test('operation ids are unique and refusals are told', async () => {
  const operations = Object.values((await document()).paths).flatMap((methods) => Object.values(methods))
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  for (const operation of operations) expect(operation['x-refusals']).toContain(9007)
})

test('the document is made from any app alike', () => {
  const app = createApp(service.services)
  expect(openApiOf(app, '9.9.9').info.version).toBe('9.9.9')
})

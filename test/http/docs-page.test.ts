import { expect, test } from 'bun:test'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { browse } from '../support/browser.ts'
import { useService } from '../support/service.ts'

const service = useService()

test('the API page shows every operation in a real browser, with nothing from another host', async () => {
  const { paths } = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApiDocument
  const { dom, complaints } = await browse(`${service.url}/api/docs`)
  expect(complaints).toEqual([])
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    expect(dom).toContain(`id="${operation.operationId}"`)
    expect(dom).toContain(operation.summary)
  }
  expect([...dom.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link]) => link)).toEqual(['/api/openapi.json'])
}, 300_000)

import { Hono } from 'hono'
import { docsPage } from './docs-page.ts'
import type { AppEnv } from './env.ts'
import type { OpenApiDocument } from './openapi.ts'
import { describe } from './operation-docs.ts'

/** The API's description, for programs and for people. */
export function documentRoutes(document: () => OpenApiDocument) {
  let page: ReturnType<typeof docsPage> | undefined
  return new Hono<AppEnv>()
    .get('/openapi.json', docs('This document', 'application/json'), (c) => c.json(document()))
    .get('/docs', docs('This document as a page', 'text/html'), (c) => {
      page ??= docsPage(document())
      return c.html(page)
    })
}

function docs(summary: string, type: string) {
  return describe({ summary, tag: 'document', answers: { 200: { says: 'The document', type } } })
}

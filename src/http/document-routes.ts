import { Hono } from 'hono'
import type { AppEnv } from './env.ts'
import type { OpenApiDocument } from './openapi.ts'
import { describe } from './operation-docs.ts'

/** The API's description, for programs. The page at `/api/docs` shows it to people. */
export function documentRoutes(document: () => OpenApiDocument) {
  const answers = { 200: { says: 'The document', type: 'application/json' } }
  return new Hono<AppEnv>().get(
    '/openapi.json',
    describe({ summary: 'This document', tag: 'document', answers }),
    (c) => c.json(document()),
  )
}

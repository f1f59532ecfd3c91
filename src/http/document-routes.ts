import { Hono } from 'hono'
import { type CompressedFile, compressedAnswer, compressedText } from './compressed.ts'
import type { AppEnv } from './env.ts'
import type { OpenApiDocument } from './openapi.ts'
import { describe } from './operation-docs.ts'

/** The API's description, for programs. The page at `/api/docs` shows it to people. */
export function documentRoutes(document: () => OpenApiDocument) {
  let file: CompressedFile | undefined
  const answers = {
    200: { says: 'The document', type: 'application/json' },
    304: { says: 'The client has it already' },
  }
  return new Hono<AppEnv>().get(
    '/openapi.json',
    describe({ summary: 'This document', tag: 'document', answers }),
    (c) => {
      file ??= compressedText(JSON.stringify(document()), 'application/json')
      return compressedAnswer(c, file)
    },
  )
}

import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { RefusalCode } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'

/** What a route says of itself for the OpenAPI document. */
export interface OperationDocs {
  summary: string
  /** The schema of `data` on success. */
  answer: z.ZodType
  /** The codes it can refuse with, besides those that every route has. */
  refusals?: readonly RefusalCode[]
  /** Open to callers without a token. */
  public?: boolean
  /** Honours `Idempotency-Key`. */
  idempotent?: boolean
  /** The multipart body it reads: one file and text fields. */
  form?: { file: string; fields: z.ZodObject }
}

/** What a route outside of the envelope says of itself. */
export interface BareDocs {
  summary: string
  tag: string
  /** A Bearer token is read when there is one. */
  mayHaveToken?: boolean
  query?: z.ZodObject
  /** By HTTP status: what it means, and what comes with it. */
  answers: Record<number, { says: string; type?: string; schema?: z.ZodType }>
}

export interface InputDocs {
  target: 'json' | 'query' | 'param'
  schema: z.ZodType
}

const docs = new WeakMap<object, OperationDocs | BareDocs>()
const inputs = new WeakMap<object, InputDocs>()

/** Documents the route it stands in; at run time it does nothing. */
export function describe(operation: OperationDocs | BareDocs): MiddlewareHandler<AppEnv> {
  const middleware: MiddlewareHandler<AppEnv> = (_, next) => next()
  docs.set(middleware, operation)
  return middleware
}

/** Remembers which schema a validator validates by. */
export function markInput<Handler extends object>(
  handler: Handler,
  target: InputDocs['target'],
  schema: z.ZodType,
): Handler {
  inputs.set(handler, { target, schema })
  return handler
}

export function docsOf(handler: object): OperationDocs | BareDocs | undefined {
  return docs.get(handler)
}

export function isBare(docs: OperationDocs | BareDocs): docs is BareDocs {
  return 'answers' in docs
}

export function inputOf(handler: object): InputDocs | undefined {
  return inputs.get(handler)
}

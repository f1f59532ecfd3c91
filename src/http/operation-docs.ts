import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { RefusalCode } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'

/** A route's documentation for the OpenAPI document. */
export interface OperationDocs {
  summary: string
  /** The schema of `data` on success. */
  answer: z.ZodType
  /** The codes that it can refuse with, besides those of every route. */
  refusals?: readonly RefusalCode[]
  /** The rights of staff that open it, one is enough; an empty list opens it to everyone with a role. */
  rights?: readonly string[]
  /** Open to callers without a token. */
  public?: boolean
  /** Honours `Idempotency-Key`. */
  idempotent?: boolean
  /** What passes a limit waits for another person's approval; `X-Approvals: 1` says that the caller knows that. */
  mayWait?: boolean
  form?: FormDocs
}

/** A multipart body that a route reads: one file and text fields. */
export interface FormDocs {
  file: string
  fields: z.ZodObject
}

/** The documentation of a route outside of the envelope. */
export interface BareDocs {
  summary: string
  tag: string
  /** Accepts a Bearer token, but doesn't require one. */
  mayHaveToken?: boolean
  query?: z.ZodObject
  /** By HTTP status: its meaning, and the content's type and schema. */
  answers: Record<number, { says: string; type?: string; schema?: z.ZodType }>
}

export interface InputDocs {
  target: 'json' | 'query' | 'param'
  schema: z.ZodType
}

const docs = new WeakMap<object, OperationDocs | BareDocs>()
const inputs = new WeakMap<object, InputDocs>()

/** Documents a route. At run time it does nothing. */
export function describe(operation: OperationDocs | BareDocs): MiddlewareHandler<AppEnv> {
  const middleware: MiddlewareHandler<AppEnv> = (_, next) => next()
  docs.set(middleware, operation)
  return middleware
}

/** Records which schema a validator uses. */
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

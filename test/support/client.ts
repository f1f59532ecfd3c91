import { expect } from 'bun:test'
import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import type { OpenApiDocument, OpenApiOperation } from '../../src/http/openapi.ts'

/** An answer of the API: its HTTP side and its envelope. */
export interface Answer {
  status: number
  headers: Headers
  code: number
  msg: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every route, which the schema check has typed
  data: any
}

export interface CallOptions {
  token?: string | undefined
  /** Sent as JSON. */
  body?: unknown
  /** Sent unchanged. */
  raw?: string | Uint8Array<ArrayBuffer>
  /** Sent as multipart. */
  form?: FormData
  headers?: Record<string, string>
  idempotencyKey?: string
  signal?: AbortSignal
}

export interface Client {
  get(path: string, options?: CallOptions): Promise<Answer>
  post(path: string, options?: CallOptions): Promise<Answer>
  put(path: string, options?: CallOptions): Promise<Answer>
  delete(path: string, options?: CallOptions): Promise<Answer>
}

type AnswerCheck = (status: number, answer: unknown) => string | undefined

/**
 * A client of the service at `url` that checks every answer against the service's own OpenAPI document. Where dialects
 * are on, an answer may have more fields than the document says, and another code than the real one.
 */
export async function createClient(url: string): Promise<Client> {
  const hasDialects = (await fetch(`${url}/api/health`)).ok
  const checkOf = await answerChecks(url, hasDialects)
  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const { token, body, raw, form, headers = {}, idempotencyKey, signal } = options
    const payload = form ?? raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(payload === undefined || form ? {} : { 'Content-Type': 'application/json' }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {}),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal ? { signal } : {}),
    })
    const answered = (await response.json()) as Pick<Answer, 'code' | 'msg' | 'data'>
    expect(Object.keys(answered).sort()).toEqual(['code', 'data', ...(hasDialects ? ['message'] : []), 'msg'])
    const code = Number(response.headers.get('X-Api-Code'))
    if (!hasDialects) expect(answered.code).toBe(code)
    const envelope = { ...answered, code }
    expect(response.headers.get('X-Request-Id')).toBeTruthy()
    if (response.status !== 404 && response.status !== 405) {
      const fault = checkOf(method, path)(response.status, envelope)
      expect(fault, `${method} ${path} ${response.status} ${JSON.stringify(envelope)}`).toBeUndefined()
    }
    return { status: response.status, headers: response.headers, ...envelope }
  }
  return {
    get: (path, options) => call('GET', path, options),
    post: (path, options) => call('POST', path, options),
    put: (path, options) => call('PUT', path, options),
    delete: (path, options) => call('DELETE', path, options),
  }
}

async function answerChecks(url: string, isOpen: boolean): Promise<(method: string, path: string) => AnswerCheck> {
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as OpenApiDocument
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats(ajv)
  const checks: { pattern: RegExp; method: string; check: AnswerCheck }[] = []
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const compiled = new Map(
        answerSchemas(operation).map(([status, schema]) => [status, ajv.compile(isOpen ? opened(schema) : schema)]),
      )
      checks.push({
        pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
        method: method.toUpperCase(),
        check(status, answer) {
          const isRight = compiled.get(status)
          if (!isRight) return `no answer with ${status} is in the OpenAPI document`
          return isRight(answer) ? undefined : ajv.errorsText(isRight.errors)
        },
      })
    }
  }
  return (method, path) => {
    const bare = path.split('?')[0] ?? ''
    const found = checks.find((entry) => entry.method === method && entry.pattern.test(bare))
    return found?.check ?? (() => `${method} ${bare} is not in the OpenAPI document`)
  }
}

/** The same schema, but it allows more fields. */
function opened(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (name, value) => (name === 'additionalProperties' ? true : value))
}

/** The schemas of an operation's answers, by status. */
function answerSchemas({ responses }: OpenApiOperation): [number, object][] {
  return Object.entries(responses).map(([status, response]) => {
    const { content = {} } = response as { content?: Record<string, { schema: object }> }
    return [Number(status), content['application/json']?.schema ?? {}]
  })
}

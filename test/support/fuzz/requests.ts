import fc from 'fast-check'
import type { OpenApiDocument, OpenApiOperation } from '../../../src/http/openapi.ts'
import { hostile, hostileText, type Known, type Schema, valid } from './values.ts'

/** Who sends a request. */
const senders = ['anonymous', 'user', 'merchant', 'banned', 'forger'] as const
export type Sender = (typeof senders)[number]

/** One request, as plain data. */
export interface FuzzRequest {
  /** Its name in the document, for example `GET /api/photo/review/{upload_id}`. */
  operation: string
  /** Whether this sender may have a success. */
  isAllowed: boolean
  sender: Sender
  method: string
  /** The path with its query. */
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  form?: FormData
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
}

type Content = Record<string, { schema: Schema }>

/** Requests to every operation that answers in the envelope. Most are nearly right; some are broken on purpose. */
export function requestsOf(
  { paths }: OpenApiDocument,
  known: Known,
  images: readonly Uint8Array<ArrayBuffer>[],
): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-refusals'].length > 0)
      .map(([method, operation]) => requestOf(method.toUpperCase(), path, operation, known, images)),
  )
  return fc.oneof(...operations)
}

function requestOf(
  method: string,
  path: string,
  { parameters, requestBody, security }: OpenApiOperation,
  known: Known,
  images: readonly Uint8Array<ArrayBuffer>[],
): fc.Arbitrary<FuzzRequest> {
  const content = (requestBody as { content: Content } | undefined)?.content ?? {}
  const multipart = content['multipart/form-data']?.schema
  return fc
    .record({
      sender: weighted<Sender>([6, fc.constantFrom('user', 'merchant')], [1, fc.constantFrom(...senders)]),
      address: addresses(path, parameters as Parameter[], known),
      headers: headers(parameters as Parameter[]),
      payload: multipart ? forms(multipart, images) : bodies(content['application/json']?.schema, method, known),
    })
    .map(({ sender, address, headers: extra, payload: { type, ...payload } }) => ({
      operation: `${method} ${path}`,
      isAllowed: security.length === 0 || allowed(path).includes(sender),
      sender,
      method,
      path: address,
      headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...extra },
      ...payload,
    }))
}

function allowed(path: string): readonly Sender[] {
  return path.startsWith('/api/merchant/') ? ['merchant'] : ['merchant', 'user']
}

/** Picks among arbitraries, each with its weight. */
function weighted<Value>(...choices: [number, fc.Arbitrary<Value>][]): fc.Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))
}

/** One in this many parameters is hostile. */
const hostileEvery = 12

function addresses(path: string, parameters: readonly Parameter[], known: Known): fc.Arbitrary<string> {
  const text = ({ name, schema }: Parameter) =>
    weighted([hostileEvery, valid(schema, known, name).map(String)], [1, hostileText]).map(encoded)
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const unknown = weighted([9, fc.constant<string[]>([])], [1, fc.array(hostileText.map(encoded), { maxLength: 3 })])
  return fc
    .tuple(
      fc.tuple(...inPath.map((parameter) => text(parameter).map((value) => [parameter.name, value] as const))),
      fc.tuple(...inQuery.map((parameter) => fc.option(text(parameter).map((value) => `${parameter.name}=${value}`)))),
      unknown,
    )
    .map(([values, query, more]) => {
      const filled = values.reduce((so_far, [name, value]) => so_far.replace(`{${name}}`, () => value), path)
      const pairs = [...query.filter((pair) => pair !== null), ...more]
      return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
    })
}

/** A text in a form that fits into a path. Lone surrogates don't, and an empty parameter would be another path. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()) || '%20'
}

const headerText = fc.stringMatching(/^[\x20-\x7e\xa0-\xff]{0,80}$/).map((text) => text.trim())

function headers(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const key = weighted([6, fc.stringMatching(/^[!-~]{1,64}$/)], [3, fc.constantFrom('key-a', 'key-b')], [1, headerText])
  const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key')
  const odd = fc.record(
    {
      'X-Forwarded-For': headerText,
      'X-Forwarded-Proto': headerText,
      'X-Request-Id': headerText,
      Origin: headerText,
      'Accept-Encoding': fc.constantFrom('gzip', 'br;q=x', '*'),
      'X-HTTP-Method-Override': fc.constantFrom('DELETE', 'PUT'),
      Cookie: headerText,
      Range: fc.constantFrom('bytes=0-1', 'bytes=-1', 'x'),
      'If-None-Match': fc.constantFrom('*', '"x"'),
    },
    { requiredKeys: [] },
  )
  return fc
    .tuple(fc.option(key, { freq: isIdempotent ? 2 : 20 }), weighted([4, fc.constant({})], [1, odd]))
    .map(([idempotency, others]) => ({
      ...(others as Record<string, string>),
      ...(idempotency === null ? {} : { 'Idempotency-Key': idempotency }),
    }))
}

interface Payload {
  type?: string
  body?: string | Uint8Array<ArrayBuffer>
  form?: FormData
}

const json = 'application/json'
const otherTypes = ['text/plain', 'application/json; charset=gbk', 'multipart/form-data; boundary=x', 'x', '*/*']

function bodies(schema: Schema | undefined, method: string, known: Known): fc.Arbitrary<Payload> {
  if (method === 'GET') return fc.constant({})
  const right = schema ? valid(schema, known) : fc.constantFrom<unknown>({}, { a: 1 })
  const written = (value: unknown) => JSON.stringify(value) ?? 'null'
  const wrong = fc.tuple(right, fc.nat(), hostile).map(([value, at, odd]) => written(spoilt(value, at, odd)))
  const torn = fc.tuple(right, fc.nat()).map(([value, at]) => tornText(written(value), at))
  const body: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = weighted<string | Uint8Array<ArrayBuffer>>(
    [8, right.map(written)],
    [8, wrong],
    [1, hostile.map(written)],
    [1, torn],
    [1, fc.uint8Array({ maxLength: 80 }).map((bytes) => new Uint8Array(bytes))],
  )
  const type = weighted([30, fc.constant(json)], [1, fc.constantFrom(...otherTypes)])
  return weighted<Payload>([30, fc.record({ type, body })], [1, fc.constant({})])
}

/** The value with one field, at any depth, replaced, left out or joined by others. */
function spoilt(value: unknown, at: number, odd: unknown): unknown {
  if (typeof value !== 'object' || value === null) return odd
  const names = Object.keys(value)
  const name = names[at % Math.max(1, names.length)] ?? 'more'
  const next = Math.floor(at / Math.max(1, names.length))
  const inner = (value as Record<string, unknown>)[name]
  const changed =
    next % 8 === 0 ? undefined : next % 8 === 1 || typeof inner !== 'object' ? odd : spoilt(inner, next >> 3, odd)
  const more = next % 5 === 0 ? { user_id: 1, total_points: 1e9, is_merchant: true, status: 'active', more: odd } : {}
  return Array.isArray(value)
    ? value.map((one, index) => (index === Number(name) ? changed : one))
    : { ...value, ...more, [name]: changed }
}

/** The JSON text cut off, with a key twice, wrapped deep, or with something in front. */
function tornText(text: string, at: number): string {
  const kinds = [
    text.slice(0, at % (text.length + 1)),
    text.replace('{', '{"phone":1,"phone":2,'),
    `${'['.repeat(40)}${text}${']'.repeat(40)}`,
    `\ufeff${text}`,
    `${text}${text}`,
    text.replaceAll('"', "'"),
    `{"a":"${'x'.repeat(300_000)}"}`,
  ]
  return kinds[at % kinds.length] ?? text
}

/** Forms with good and bad photos and fields. */
function forms({ properties = {} }: Schema, images: readonly Uint8Array<ArrayBuffer>[]): fc.Arbitrary<Payload> {
  const file = Object.entries(properties).find(([, schema]) => 'contentMediaType' in schema)?.[0] ?? 'file'
  const bytes = weighted(
    [3, fc.constantFrom(...images)],
    [1, fc.uint8Array({ maxLength: 2_000 }).map((noise) => new Uint8Array(noise))],
  )
  const amount = weighted(
    [3, fc.stringMatching(/^\d{1,4}(\.\d{1,2})?$/)],
    [1, hostileText.map((text) => text.toWellFormed())],
  )
  const good = fc
    .record({
      bytes,
      amount: fc.option(amount),
      name: fc.constantFrom(file, file, file, 'other'),
      times: fc.constantFrom(1, 1, 1, 2),
    })
    .map(({ bytes: content, amount: text, name, times }) => {
      const form = new FormData()
      for (let i = 0; i < times; i += 1) form.append(name, new Blob([content], { type: 'image/jpeg' }), 'a.jpg')
      if (text !== null) form.append('amount', text)
      return { form }
    })
  const broken = fc
    .tuple(
      fc.constantFrom('multipart/form-data; boundary=x', 'multipart/form-data', json),
      fc.string({ maxLength: 200 }),
    )
    .map(([type, text]) => ({ type, body: `--x\r\nContent-Disposition: form-data; name="${file}"\r\n\r\n${text}` }))
  return weighted<Payload>([6, good], [1, broken], [1, fc.constant({})])
}

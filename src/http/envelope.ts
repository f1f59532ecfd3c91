import type { Context } from 'hono'
import { Refusal, type RefusalCode, type RefusalData } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'
import { securityHeaders } from './security-headers.ts'

/** Every JSON answer under `/api`. */
export interface Envelope {
  code: number
  msg: string
  data: object | null
}

/** A success. */
export function ok(c: Context<AppEnv>, data: object, headers?: ExtraHeaders): Response {
  return okText(c, successText(c, data), headers)
}

/** The envelope of a success as JSON text, in this client's dialect. */
export function successText(c: Context<AppEnv>, data: object): string {
  const dialect = c.get('dialect')
  const envelope: Envelope = { code: 0, msg: dialect?.said(data) ?? 'success', data }
  return JSON.stringify(dialect ? { ...envelope, message: envelope.msg, data: dialect.write(data) } : envelope)
}

/** A success whose envelope is already JSON text. */
export function okText(c: Context<AppEnv>, envelope: string, headers?: ExtraHeaders): Response {
  return answer(c, 0, envelope, 200, headers)
}

/** A success whose envelope is already encoded. */
export function okBytes(c: Context<AppEnv>, envelope: Uint8Array): Response {
  return answer(c, 0, envelope, 200)
}

/** Only requests without a route, and requests that can't be read, get another HTTP status than 200. */
const statuses: Partial<Record<RefusalCode, number>> = {
  9001: 400,
  9002: 404,
  9003: 405,
  9004: 413,
  9005: 415,
}

/** The HTTP status that a refusal goes out with. */
export function statusOf(code: RefusalCode): number {
  return statuses[code] ?? 200
}

const retryAfterBusy_s = 1
/** Refusals that a client should retry after a while. */
const waits: readonly RefusalCode[] = [9006, 9007, 9009]

/** A refusal: its code stands in the body and in `X-Api-Code`. */
export function refuse(c: Context<AppEnv>, refusal: Refusal, headers?: ExtraHeaders): Response {
  const { code, message: msg, data } = refusal
  const told = c.get('dialect')?.refusal(refusal)
  const envelope: Envelope = { code, msg, data }
  const text = JSON.stringify(
    told ? { ...envelope, code: told.code, msg: told.message, message: told.message } : envelope,
  )
  const wait = waits.includes(code) ? { 'Retry-After': String(retryAfter(data)) } : undefined
  return answer(c, code, text, statusOf(code), wait ?? headers)
}

/** A refusal without data. */
export function refuseWith(c: Context<AppEnv>, code: RefusalCode, headers?: ExtraHeaders): Response {
  return refuse(c, new Refusal(code), headers)
}

/** Headers of one answer, besides those that every answer has. */
type ExtraHeaders = Readonly<Record<string, string>>

/** All headers are passed at once: setting them one by one costs more than the rest of a small answer. */
function answer(
  c: Context<AppEnv>,
  code: number,
  body: string | Uint8Array,
  status: number,
  headers?: ExtraHeaders,
): Response {
  c.set('apiCode', code)
  return new Response(body, {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Api-Code': String(code),
      'X-Request-Id': c.get('requestId'),
      ...securityHeaders,
      ...headers,
    },
  })
}

function retryAfter(data: RefusalData | null): number {
  return data !== null && 'retry_after' in data ? data.retry_after : retryAfterBusy_s
}

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal, type RefusalCode, type RefusalData, refusals } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'

/** Every JSON answer under `/api`. */
export interface Envelope {
  code: number
  msg: string
  data: object | null
}

/** A success. */
export function ok(c: Context<AppEnv>, data: object): Response {
  return reply(c, { code: 0, msg: 'success', data })
}

/** A success whose data is JSON text already. */
export function okWritten(c: Context<AppEnv>, data: string): Response {
  c.set('apiCode', 0)
  c.header('X-Api-Code', '0')
  c.header('Content-Type', 'application/json')
  return c.body(`{"code":0,"msg":"success","data":${data}}`)
}

/** Codes of requests that reached no route, or that their route could not read: they alone have a status of their own. */
const statuses: Partial<Record<RefusalCode, ContentfulStatusCode>> = {
  9001: 400,
  9002: 404,
  9003: 405,
  9004: 413,
  9005: 415,
}

const retryAfterBusy_s = 1

/** A refusal: status 200 when a route was reached, the code in the body and in `X-Api-Code`. */
export function refuse(c: Context<AppEnv>, refusal: Refusal): Response {
  const { code, message, data } = refusal
  if (code === 9006 || code === 9007) c.header('Retry-After', String(retryAfter(data)))
  return reply(c, { code, msg: message, data }, statuses[code] ?? 200)
}

/** A refusal by its code alone. */
export function refuseWith(c: Context<AppEnv>, code: RefusalCode, data: RefusalData | null = null): Response {
  return refuse(c, new Refusal(code, data, refusals[code]))
}

function reply(c: Context<AppEnv>, envelope: Envelope, status: ContentfulStatusCode = 200): Response {
  c.set('apiCode', envelope.code)
  c.header('X-Api-Code', String(envelope.code))
  return c.json(envelope, status)
}

function retryAfter(data: RefusalData | null): number {
  return typeof data?.retry_after === 'number' ? data.retry_after : retryAfterBusy_s
}

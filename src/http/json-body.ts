import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Refusal } from '../contract/refusals.ts'
import { within } from '../lib/within.ts'
import type { AppEnv } from './env.ts'
import { assertStrictJson } from './strict-json.ts'

const largestBody = 256 * 1024
/** How long a body may take. Clients give up a call after ten seconds. */
const usualPatience_ms = 15_000
const jsonType = /^\s*application\/json\s*([;,]|$)/i
const charset = /[;\s]charset\s*=\s*["']?([^"';,\s]*)/gi
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Refuses a body of no declared length once too much has arrived. */
const limitBody = bodyLimit({
  maxSize: largestBody,
  onError: () => {
    throw new Refusal(9004)
  },
})

/**
 * Reads a request's JSON body strictly: UTF-8, no repeated keys, bounded depth. A missing body counts as `{}`.
 * Routes at the paths in `others` read their bodies themselves.
 * @throws {Refusal} 9004 when the body is too large, 9005 for another content type, 9001 when it isn't strict JSON,
 * arrives too slowly or not whole.
 */
export function jsonBody(others: readonly string[], patience_ms = usualPatience_ms): MiddlewareHandler<AppEnv> {
  const read: MiddlewareHandler<AppEnv> = async (c, next) => {
    const declared = declaredLength(c)
    if (declared !== undefined && declared > largestBody) throw new Refusal(9004)
    // The limit itself reads a body that declares no length, so the timeout covers both.
    const reading = (declared === undefined ? limitBody(c, () => readStrictly(c)) : readStrictly(c)).then(() => true)
    try {
      if (!(await within(reading, patience_ms, false))) throw new Refusal(9001)
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal(9001, null, { cause: error })
    } finally {
      c.set('arrivedAt', performance.now())
    }
    return next()
  }
  return (c, next) => {
    const { method, path } = c.req
    const hasNone = method === 'GET' || method === 'HEAD' || others.includes(path)
    return hasNone ? next() : read(c, next)
  }
}

/** Undefined when the body comes in chunks. A body that is looked at through Hono's limit first becomes a stream. */
function declaredLength(c: Context<AppEnv>): number | undefined {
  const length = c.req.header('Content-Length')
  return length === undefined || c.req.header('Transfer-Encoding') !== undefined ? undefined : Number(length)
}

async function readStrictly(c: Context<AppEnv>): Promise<void> {
  const bytes = await c.req.arrayBuffer()
  const body = bytes.byteLength === 0 ? {} : parseStrictly(bytes, c.req.header('Content-Type'))
  // Hono would parse the text again at each call. Here it is parsed once, also for routes that ignore their body.
  Object.assign(c.req, { json: () => Promise.resolve(body) })
}

function parseStrictly(bytes: ArrayBuffer, contentType: string | undefined): unknown {
  if (!contentType || !isJson(contentType)) throw new Refusal(9005)
  try {
    const text = utf8.decode(bytes)
    assertStrictJson(text)
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(9001, null, { cause: error })
  }
}

/** True for JSON in UTF-8. Other parameters are ignored, and a client may send the type twice. */
function isJson(contentType: string): boolean {
  const charsets = [...contentType.matchAll(charset)].map(([, name = '']) => name)
  return jsonType.test(contentType) && charsets.every((name) => /^utf-?8$/i.test(name))
}

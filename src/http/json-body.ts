import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Refusal } from '../contract/refusals.ts'
import { within } from '../lib/within.ts'
import type { AppEnv } from './env.ts'
import { assertStrictJson } from './strict-json.ts'

const largestBody = 256 * 1024
/** How long a body may take: clients give a call up after ten seconds. */
const usualPatience_ms = 15_000
const jsonType = /^\s*application\/json\s*([;,]|$)/i
const charset = /[;\s]charset\s*=\s*["']?([^"';,\s]*)/gi
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** By its declared length, or once that much has arrived. */
const limitBody = bodyLimit({
  maxSize: largestBody,
  onError: () => {
    throw new Refusal(9004)
  },
})

/**
 * Reads a request's JSON body strictly: UTF-8, no repeated keys, bounded depth. No body at all counts as `{}`.
 * Paths in `others` read theirs themselves.
 * @throws {Refusal} 9004 when it is too large, 9005 for another content type, 9001 for what isn't strict JSON or comes too
 * slowly.
 */
export function jsonBody(others: readonly string[], patience_ms = usualPatience_ms): MiddlewareHandler<AppEnv> {
  const read: MiddlewareHandler<AppEnv> = async (c, next) => {
    // Of a body without a length it is the limit that reads.
    const reading = Promise.resolve(limitBody(c, () => readStrictly(c))).then(() => true)
    if (!(await within(reading, patience_ms, false))) throw new Refusal(9001)
    return next()
  }
  return (c, next) => {
    const { method, path } = c.req
    const hasNone = method === 'GET' || method === 'HEAD' || others.includes(path)
    return hasNone ? next() : read(c, next)
  }
}

async function readStrictly(c: Context<AppEnv>): Promise<void> {
  const bytes = await c.req.arrayBuffer()
  c.set('arrivedAt', performance.now())
  const body = bytes.byteLength === 0 ? {} : parseStrictly(bytes, c.req.header('Content-Type'))
  // Hono parses the text again at each call; a body is parsed once, here, for routes that want nothing of it as well.
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

/** JSON in UTF-8, whatever else stands in the type; also where a client says it twice. */
function isJson(contentType: string): boolean {
  const charsets = [...contentType.matchAll(charset)].map(([, name = '']) => name)
  return jsonType.test(contentType) && charsets.every((name) => /^utf-?8$/i.test(name))
}

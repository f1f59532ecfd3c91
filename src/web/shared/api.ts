import { signal } from '@preact/signals'
import type { Answer, Calls, Name, Sent } from './calls.ts'
import { oneAtATime, setTokens, storedTokens, tokens } from './tokens.ts'

/** The service said no. The message is its sentence, for the person who asked. */
export class Refused extends Error {
  readonly code: number
  readonly data: Record<string, unknown> | null
  constructor(code: number, message: string, data: Record<string, unknown> | null) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** No answer came: nobody here knows whether something happened. */
export class Unanswered extends Error {}

interface Extras {
  /** The `Idempotency-Key`. */
  key?: string
  form?: FormData
  /** Called with the part of the body that was sent, from 0 to 1. */
  onProgress?: (part: number) => void
}

type Options<Called extends Name> = Sent<Called> & Extras

interface Sendable extends Extras {
  path?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}

const tokenRefusals = [2001, 2002]
const patience_ms = 20_000
const uploadPatience_ms = 120_000

/** What the service refused last. */
export const lastRefusal = signal<{ name: Name; code: number } | null>(null)

/** Calls the API. When the access token has ended, it gets a new one and asks once more. */
export async function call<Called extends Name>(
  name: Called,
  ...[options]: Record<never, never> extends Sent<Called> ? [Options<Called>?] : [Options<Called>]
): Promise<Answer<Called>> {
  const sent = (options ?? {}) as Sendable
  const used = tokens.value?.access_token
  try {
    return (await send(name, sent, used)) as Answer<Called>
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    lastRefusal.value = { name, code: error.code }
    if (!tokenRefusals.includes(error.code) || used === undefined) throw error
    return (await send(name, sent, await freshToken(used))) as Answer<Called>
  }
}

/** Ends the session here, and at the service if it is there. */
export async function signOut(): Promise<void> {
  await call('POST /auth/logout').catch(() => {})
  setTokens(null)
}

/**
 * An access token other than `used`, which the service no longer takes. Signs the browser out when there is none.
 * @throws {Refused} when the session is over
 * @throws {Unanswered} when the service is away; the session stays
 */
export function freshToken(used: string): Promise<string> {
  return oneAtATime(async () => {
    const stored = storedTokens()
    if (stored && stored.access_token !== used) {
      tokens.value = stored
      return stored.access_token
    }
    if (!stored) throw new Refused(2001, '请先登录', null)
    try {
      const body = { refresh_token: stored.refresh_token }
      const pair = (await send('POST /auth/refresh', { body }, undefined)) as Calls['POST /auth/refresh']['answer']
      setTokens({ ...stored, access_token: pair.access_token, refresh_token: pair.refresh_token })
      return pair.access_token
    } catch (error) {
      if (error instanceof Refused && [2001, 2002, 2004].includes(error.code)) setTokens(null)
      throw error
    }
  })
}

async function send(name: string, sent: Sendable, token: string | undefined): Promise<unknown> {
  const [method = 'GET', route = ''] = name.split(' ')
  const path = route.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(sent.path?.[part] ?? ''))
  const query = new URLSearchParams()
  for (const [field, value] of Object.entries(sent.query ?? {})) if (value !== undefined) query.set(field, `${value}`)
  const headers: Record<string, string> = {
    ...(sent.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(sent.key === undefined ? {} : { 'Idempotency-Key': sent.key }),
    // The pages know what it means that something waits for another person.
    ...(route.startsWith('/merchant/') ? { 'X-Approvals': '1' } : {}),
  }
  const search = query.size > 0 ? `?${query}` : ''
  const body = sent.form ?? (sent.body === undefined ? null : JSON.stringify(sent.body))
  const { code, text } = await exchange(method, `/api${path}${search}`, headers, body, sent)
  return dataOf(text, code)
}

/** One request and its answer. XMLHttpRequest tells how much of a photo was sent; `fetch` does not. */
function exchange(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: FormData | string | null,
  { form, onProgress }: Extras,
): Promise<{ code: string | null; text: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    request.timeout = form ? uploadPatience_ms : patience_ms
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value)
    request.onload = () => resolve({ code: request.getResponseHeader('X-Api-Code'), text: request.responseText })
    request.onerror = request.ontimeout = request.onabort = () => reject(new Unanswered())
    if (onProgress)
      request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : Math.min(1, loaded / total))
    request.send(body)
  })
}

/** A proxy's own page is no answer of the service: what became of the request is not known then. */
function dataOf(text: string, code: string | null): unknown {
  if (code === null) throw new Unanswered()
  let envelope: { msg: string; data: Record<string, unknown> | null }
  try {
    envelope = JSON.parse(text)
  } catch {
    throw new Unanswered()
  }
  if (code !== '0') throw new Refused(Number(code), envelope.msg, envelope.data)
  return envelope.data
}

import { z } from 'zod'
import { parseJson } from '../lib/parse-json.ts'
import { retry } from '../lib/retry.ts'

/** WeChat refused a call with an `errcode`. */
export class WechatRefused extends Error {
  override name = 'WechatRefused'
  readonly errcode: number
  constructor(call: string, errcode: number) {
    super(`WeChat refused ${call} with ${errcode}`)
    this.errcode = errcode
  }
}

/** WeChat could not answer: it was unreachable, too slow or busy, or its answer was malformed. */
export class WechatAway extends Error {
  override name = 'WechatAway'
}

export interface WechatCall<Answer> {
  path: string
  query?: Record<string, string>
  /** Sent as JSON by POST. Without a body the call is a GET. */
  body?: object
  answer: z.ZodType<Answer>
}

/** WeChat's HTTP API. Queries and bodies hold secrets, so errors contain only the path. */
export interface WechatApi {
  /**
   * Calls WeChat. While it is away, the call is retried a few times, until `signal` at the latest.
   * @throws {WechatRefused} for an `errcode`.
   * @throws {WechatAway} when all tries failed.
   */
  ask<Answer>(call: WechatCall<Answer>, signal?: AbortSignal): Promise<Answer>
}

export interface WechatApiOptions {
  /** Its base address. */
  api: string
  /** How long one try may take. */
  timeout_ms?: number
  /** Pauses before the tries after the first. */
  pauses_ms?: readonly number[]
}

const status = z.object({ errcode: z.int().default(0) })
const busy = -1

export function createWechatApi(options: WechatApiOptions): WechatApi {
  const { api, timeout_ms = 3_000, pauses_ms = [100, 400] } = options
  const attempt = async <Answer>({ path, query, body, answer }: WechatCall<Answer>, until: AbortSignal[]) => {
    const signal = AbortSignal.any([...until, AbortSignal.timeout(timeout_ms)])
    const text = await textOf(`${api}${path}?${new URLSearchParams(query)}`, path, body, signal)
    const json = parseJson(text)
    const { data } = status.safeParse(json)
    if (!data) throw new WechatAway(`${path} answered something unreadable`)
    if (data.errcode === busy) throw new WechatAway(`${path} is busy`)
    if (data.errcode !== 0) throw new WechatRefused(path, data.errcode)
    const result = answer.safeParse(json)
    if (!result.success) throw new WechatAway(`${path} answered something unexpected`)
    return result.data
  }
  return {
    ask: (call, signal) =>
      retry(
        () => attempt(call, signal ? [signal] : []),
        pauses_ms,
        (error) => error instanceof WechatAway && !signal?.aborted,
      ),
  }
}

/** Drops the error of `fetch`: it may hold the whole URL, and with it the secret. */
async function textOf(url: string, path: string, body: object | undefined, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, {
      ...(body ? { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
      signal,
      redirect: 'error',
    })
    if (response.ok) return await response.text()
    await response.body?.cancel()
    throw new WechatAway(`${path} answered ${response.status}`)
  } catch (error) {
    if (error instanceof WechatAway) throw error
    throw new WechatAway(`${path} could not be reached (${(error as { name?: string }).name})`)
  }
}

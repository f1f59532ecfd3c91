import { randomCode } from '../../src/lib/random.ts'

/** What WeChat does instead of a good answer: it answers this `errcode`, or has trouble. */
export type Mood = number | 'slow' | 'garbage' | 'broken' | 'odd'

const paths = {
  session: '/sns/jscode2session',
  token: '/cgi-bin/stable_token',
  phone: '/wxa/business/getuserphonenumber',
} as const

/** WeChat's server API on loopback. Codes work once, tokens end, and credentials are checked. */
export interface WechatServer {
  readonly url: string
  readonly appid: string
  readonly secret: string
  /** How often this path was called. */
  asked(what: keyof typeof paths): number
  /** What the next calls meet, in order. After them calls get good answers again. */
  next(what: keyof typeof paths, ...moods: Mood[]): void
  /** A code of `wx.login` for this person. */
  jsCode(openid: string): string
  /** A code of `getPhoneNumber`. */
  phoneCode(phone: string, odd?: { countryCode?: string; appid?: string }): string
  /** Ends the access token, as a reset of the secret does. */
  endToken(): void
  /** Forgets all calls and settings. */
  reset(): void
  stop(): Promise<void>
}

const slow_ms = 3_500
const tokenLife_s = 7_200

export function startWechat(): WechatServer {
  const [appid, secret] = ['wx0123456789abcdef', 'a-secret-of-the-app']
  const people = new Map<string, string>()
  const phones = new Map<string, object>()
  const used = new Set<string>()
  const calls: string[] = []
  const moods = new Map<string, Mood[]>()
  let token: string | undefined

  const spend = <Value>(codes: Map<string, Value>, code: unknown): Value | { errcode: number; errmsg: string } => {
    if (used.has(String(code))) return refuse(40163, 'code been used')
    const value = codes.get(String(code))
    if (value === undefined) return refuse(40029, 'invalid code')
    used.add(String(code))
    return value
  }
  const credentials = (given: { appid?: unknown; secret?: unknown }) => {
    if (given.appid !== appid) return refuse(40013, 'invalid appid')
    return given.secret === secret ? undefined : refuse(40125, 'invalid appsecret')
  }
  const routes: Record<string, (query: URLSearchParams, body: Record<string, unknown>) => object> = {
    [`GET ${paths.session}`]: (query) => {
      const bad = credentials({ appid: query.get('appid'), secret: query.get('secret') })
      if (bad) return bad
      if (query.get('grant_type') !== 'authorization_code') return refuse(40002, 'invalid grant_type')
      const person = spend(people, query.get('js_code'))
      return typeof person === 'string' ? { openid: person, session_key: 'c2Vzc2lvbg==', unionid: 'u' } : person
    },
    [`POST ${paths.token}`]: (_, body) => {
      const bad = credentials(body)
      if (bad) return bad
      if (body.grant_type !== 'client_credential') return refuse(40002, 'invalid grant_type')
      if (body.force_refresh) token = undefined
      token ??= `token-${randomCode(40)}`
      return { access_token: token, expires_in: tokenLife_s }
    },
    [`POST ${paths.phone}`]: (query, body) => {
      if (query.get('access_token') !== token) return refuse(40001, 'invalid credential, access_token is not latest')
      const phone = spend(phones, body.code)
      return 'errcode' in phone ? phone : { errcode: 0, errmsg: 'ok', phone_info: phone }
    },
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      calls.push(pathname)
      const mood = moods.get(pathname)?.shift()
      if (mood === 'broken') return new Response('oops', { status: 502 })
      if (mood === 'garbage') return new Response('<html>')
      if (mood === 'odd') return Response.json({ openid: 7, access_token: '', phone_info: null })
      if (mood === 'slow') await Bun.sleep(slow_ms)
      const body = request.method === 'POST' ? ((await request.json()) as Record<string, unknown>) : {}
      const route = routes[`${request.method} ${pathname}`]
      const answer = typeof mood === 'number' ? refuse(mood, 'as told') : route?.(searchParams, body)
      return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'text/plain' } })
    },
  })
  const newCode = <Value>(codes: Map<string, Value>, value: Value) => {
    const code = randomCode(32)
    codes.set(code, value)
    return code
  }
  return {
    url: server.url.origin,
    appid,
    secret,
    asked: (what) => calls.filter((path) => path === paths[what]).length,
    next: (what, ...next) => void moods.set(paths[what], next),
    jsCode: (openid) => newCode(people, openid),
    phoneCode: (phone, odd = {}) =>
      newCode(phones, {
        phoneNumber: phone,
        purePhoneNumber: phone,
        countryCode: odd.countryCode ?? '86',
        watermark: { timestamp: 1_800_000_000, appid: odd.appid ?? appid },
      }),
    endToken() {
      token = undefined
    },
    reset() {
      calls.length = 0
      moods.clear()
    },
    stop: () => server.stop(true),
  }
}

function refuse(errcode: number, errmsg: string) {
  return { errcode, errmsg }
}

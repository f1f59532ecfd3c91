import type { Command } from './run.ts'
import { UsageError } from './usage.ts'

const timeout_ms = 10_000
const checkPhone = '19900000000'

interface Answer {
  status: number
  code: number | undefined
  body: Record<string, unknown>
}

/** A look at a running deployment from outside, one line a check; exit 1 when any fails. */
export const verify: Command = async ({ args, config, print }) => {
  const [base, ...rest] = args
  if (!base || !URL.canParse(base) || rest.length > 0)
    throw new UsageError('verify takes the base URL of a deployment.')
  const root = base.replace(/\/+$/, '')
  let failed = 0
  const check = async (name: string, look: () => Promise<string | undefined>) => {
    const fault = await look().catch((error: Error) => error.message)
    print(fault === undefined ? `ok    ${name}` : `FAIL  ${name}: ${fault}`)
    if (fault !== undefined) failed += 1
  }
  const call = (path: string, options?: CallOptions) => ask(`${root}${path}`, options)

  await check('health', async () => expectEqual((await call('/health')).body.status, 'healthy'))
  await check('API page', async () => expectEqual((await fetchBounded(`${root}/api/docs`)).status, 200))
  await check('OpenAPI document', async () => expectEqual((await call('/api/openapi.json')).body.openapi, '3.1.0'))
  await check('an unknown route is refused', async () => expectEqual((await call('/api/nowhere')).code, 9002))
  await check('a caller without a token is refused', async () => {
    return expectEqual((await call('/api/user/info')).body.code === 0, false)
  })
  const token = await signInWith(call, config.SMS_DEV_CODE)
  if (token === undefined) {
    print('skip  login, wheel, products: this deployment has no development code')
    return failed === 0 ? 0 : 1
  }
  await check('login', async () => expectEqual((await call('/api/auth/verify-token', { token })).code, 0))
  await check('wheel', async () => expectEqual((await call('/api/lottery/config', { token })).code, 0))
  await check('products', async () => expectEqual((await call('/api/exchange/products', { token })).code, 0))
  return failed === 0 ? 0 : 1
}

interface CallOptions {
  token?: string
  body?: object
}

async function signInWith(
  call: (path: string, options?: CallOptions) => Promise<Answer>,
  code: string,
): Promise<string | undefined> {
  const answer = await call('/api/auth/login', { body: { phone: checkPhone, code } }).catch(() => undefined)
  const token = (answer?.body.data as { access_token?: unknown } | null | undefined)?.access_token
  return typeof token === 'string' ? token : undefined
}

async function ask(url: string, { token, body }: CallOptions = {}): Promise<Answer> {
  const response = await fetchBounded(url, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: {
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
  })
  const code = response.headers.get('X-Api-Code')
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, code: code === null ? undefined : Number(code), body: answer }
}

function fetchBounded(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(timeout_ms), redirect: 'error' })
}

function expectEqual(actual: unknown, expected: unknown): string | undefined {
  return actual === expected ? undefined : `expected ${String(expected)}, got ${String(actual)}`
}

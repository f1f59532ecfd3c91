import { type Answer, type Deployment, Fault } from './deployment.ts'

/** One check of a deployment. */
export interface Check {
  name: string
  /**
   * Returns a line about what it saw.
   * @param token an access token, for the checks that need a caller
   * @throws {Fault} when something is wrong.
   */
  look(deployment: Deployment, token: string): Promise<string>
}

/** Checks of what anyone may see. They change nothing. */
export const publicChecks: readonly Check[] = [
  { name: 'health', look: async ({ call }) => healthy(await call('/health')) },
  { name: 'storage', look: async ({ call }) => storing(await call('/health')) },
  { name: 'API page', look: async ({ call }) => page(await call('/api/docs')) },
  { name: 'OpenAPI document', look: async ({ call }) => apiDocument(await call('/api/openapi.json')) },
  { name: 'unknown routes are refused', look: async ({ call }) => refused(await call('/api/nowhere'), 404, 9002) },
  { name: 'wheel is for callers', look: async ({ call }) => refused(await call('/api/lottery/config'), 200, 2001) },
  { name: 'list is for callers', look: async ({ call }) => refused(await call('/api/exchange/products'), 200, 2001) },
  {
    name: 'socket is for callers',
    async look({ socket }) {
      const start = await socket({ type: 'auth', token: 'nobody' })
      const closed = 'closed' in start ? start.closed : 'a frame'
      return closed === 4401 ? 'upgraded, then closed with 4401' : expected('to be closed with 4401', `${closed}`)
    },
  },
]

/** Checks of what a signed-in caller sees. They change nothing. */
export const personalChecks: readonly Check[] = [
  { name: 'wheel', look: async ({ call }, token) => wheel(await call('/api/lottery/config', { token })) },
  { name: 'exchange list', look: async ({ call }, token) => list(await call('/api/exchange/products', { token })) },
  {
    name: 'socket',
    async look({ socket }, token) {
      const start = await socket({ type: 'auth', token })
      const began = 'frame' in start ? String(start.frame.type) : `a close with ${start.closed}`
      return began === 'connected' ? 'connected' : expected('a frame connected', began)
    },
  },
]

/** Checks that leave something behind: an avatar of the caller, and nothing else. */
export const writingChecks: readonly Check[] = [{ name: 'an image is kept and served', look: keepImage }]

/** Checks that strangers can't read the figures. They may where the development code signs anyone in. */
export function metricsLock(isDevelopment: boolean): Check {
  return {
    name: 'metrics',
    async look({ call }) {
      const { status } = await call('/metrics')
      if (status === 401 || status === 403 || status === 404) return 'locked'
      if (status !== 200) expected('them or a refusal', `HTTP ${status}`)
      if (isDevelopment) return 'open, as in development'
      throw new Fault('open to anyone: set METRICS_TOKEN, or close the path at the proxy')
    },
  }
}

const checkPhone = '19900000000'
const wrongCode = 1002

/** An access token of the account that `verify` uses; undefined where `code` signs nobody in. */
export async function signIn({ call }: Deployment, code: string): Promise<string | undefined> {
  const answer = await call('/api/auth/login', { body: { phone: checkPhone, code } })
  if (answer.code === wrongCode) return undefined
  return dataOf<{ access_token: string }>(answer).access_token
}

function expected(what: string, came: string): never {
  throw new Fault(`expected ${what}, got ${came}`)
}

function healthy(answer: Answer): string {
  const { status, version, checks } = answer.json()
  const unwell = Object.entries((checks ?? {}) as Record<string, string>).filter(([, state]) => state !== 'ok')
  const told = unwell.map(([part, state]) => `, ${part} ${state}`).join('')
  if (answer.status !== 200 || status !== 'healthy') expected('healthy', `${status ?? `HTTP ${answer.status}`}${told}`)
  return `version ${version}${told}`
}

function storing(answer: Answer): string {
  const { storage } = (answer.json().checks ?? {}) as { storage?: string }
  return storage === 'ok' ? storage : expected('ok', String(storage))
}

function page({ status, type, text }: Answer): string {
  if (status !== 200 || type !== 'text/html') expected('a page', `HTTP ${status} with ${type}`)
  const foreign = /(?:src|href)="(https?:\/\/[^"]+)"/.exec(text)?.[1]
  return foreign ? expected('nothing from other hosts', foreign) : 'complete in itself'
}

function apiDocument(answer: Answer): string {
  const { openapi, paths } = answer.json()
  if (!String(openapi).startsWith('3.1.')) expected('OpenAPI 3.1', String(openapi))
  return `${Object.keys(paths ?? {}).length} paths`
}

function refused({ status, code }: Answer, wantedStatus: number, wantedCode: number): string {
  if (status === wantedStatus && code === wantedCode) return String(code)
  return expected(`HTTP ${wantedStatus} with ${wantedCode}`, `HTTP ${status} with ${code ?? 'no code'}`)
}

/** The `data` of a success. */
function dataOf<T>(answer: Answer): T {
  const { data, msg } = answer.json()
  if (answer.code !== 0) expected('success', `${answer.code ?? `HTTP ${answer.status}`} ${msg ?? ''}`)
  return data as T
}

function wheel(answer: Answer): string {
  const { prizes } = dataOf<{ prizes: { probability: number }[] }>(answer)
  const sum = prizes.reduce((total, { probability }) => total + Math.round(probability * 10_000), 0)
  if (prizes.length !== 8 || sum !== 10_000) expected('8 sectors that sum to 1', `${prizes.length} and ${sum / 10_000}`)
  return '8 sectors that sum to 1'
}

function list(answer: Answer): string {
  const { pagination } = dataOf<{ pagination: { total: number } }>(answer)
  return `${pagination.total} products on sale`
}

/** A PNG of one white pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANl9ngAAAAABJRU5ErkJggg=='

async function keepImage({ call }: Deployment, token: string): Promise<string> {
  const form = new FormData()
  form.append('avatar', new Blob([Buffer.from(pixel, 'base64')], { type: 'image/png' }), 'pixel.png')
  const { avatar } = dataOf<{ avatar: string }>(await call('/api/user/avatar', { token, form }))
  const { status, type } = await call(avatar)
  return status === 200 && type === 'image/jpeg' ? avatar : expected('the image', `HTTP ${status} from ${avatar}`)
}

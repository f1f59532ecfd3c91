import { parseJson } from '../lib/parse-json.ts'

/** A fault of the deployment. The message is for its operator. */
export class Fault extends Error {
  override name = 'Fault'
}

export interface CallOptions {
  token?: string
  /** Sent as JSON. */
  body?: object
  /** Sent as multipart. */
  form?: FormData
}

/** A whole HTTP answer. */
export interface Answer {
  status: number
  /** The header `X-Api-Code`: 0 for success. */
  code: number | undefined
  /** The content type without parameters, such as `text/html`. */
  type: string
  text: string
  /** @throws {Fault} when the text is no JSON object. */
  json(): Record<string, unknown>
}

/** How a socket began: with its first frame, or closed before one with this code. */
export type SocketStart = { frame: { type?: unknown; data?: unknown } } | { closed: number }

/** A deployment as a stranger sees it. Every call is bounded in time and throws a `Fault` when there is no answer. */
export interface Deployment {
  /** @param target a path of the deployment, or a whole URL */
  call(target: string, options?: CallOptions): Promise<Answer>
  /** Opens a socket, sends this frame and waits for the first one that comes back. */
  socket(first: object): Promise<SocketStart>
}

const timeout_ms = 10_000

/** @param base such as `https://points.example.com` */
export function deploymentAt(base: string): Deployment {
  const root = base.replace(/\/+$/, '')
  return {
    async call(target, options = {}) {
      const url = URL.canParse(target) ? target : `${root}${target}`
      const init = { ...requestOf(options), redirect: 'manual' as const, signal: AbortSignal.timeout(timeout_ms) }
      const response = await fetch(url, init).catch(unanswered)
      const text = await response.text().catch(unanswered)
      const type = (response.headers.get('Content-Type') ?? 'nothing').split(';')[0] ?? ''
      const code = response.headers.get('X-Api-Code')
      return {
        status: response.status,
        code: code === null ? undefined : Number(code),
        type,
        text,
        json: () => objectOf(text, response.status, type),
      }
    },
    socket: (first) => startSocket(`${root.replace(/^http/, 'ws')}/ws`, first),
  }
}

function requestOf({ token, body, form }: CallOptions): RequestInit {
  const headers: Record<string, string> = {}
  if (token) headers.Authorization = `Bearer ${token}`
  if (body) headers['Content-Type'] = 'application/json'
  const payload = form ?? (body && JSON.stringify(body))
  return payload ? { method: 'POST', headers, body: payload } : { headers }
}

function unanswered(error: Error & { code?: unknown }): never {
  if (error.name === 'TimeoutError') throw new Fault(`no answer within ${timeout_ms / 1_000} s`)
  throw new Fault(`no answer (${String(error.code ?? error.message)})`)
}

function objectOf(text: string, status: number, type: string): Record<string, unknown> {
  const value = parsed(text)
  if (!value) throw new Fault(`HTTP ${status} with ${type}, where JSON is expected`)
  return value
}

/** A JSON object, or undefined for anything else. */
function parsed(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

function startSocket(url: string, first: object): Promise<SocketStart> {
  const socket = new WebSocket(url)
  const start = new Promise<SocketStart>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Fault(`no frame within ${timeout_ms / 1_000} s`)), timeout_ms)
    socket.onopen = () => socket.send(JSON.stringify(first))
    socket.onmessage = ({ data }) => {
      const frame = parsed(String(data))
      if (frame) resolve({ frame })
      else reject(new Fault('a first frame that is no JSON object'))
    }
    socket.onerror = () => reject(new Fault('no WebSocket upgrade'))
    socket.onclose = ({ code }) => {
      clearTimeout(timer)
      resolve({ closed: code })
    }
  })
  return start.finally(() => socket.close())
}

import { expect } from 'bun:test'
import { connect, type Socket as TcpSocket } from 'node:net'
import { frameOf, type Message } from '../../src/contract/messages.ts'

/** A frame as it arrived. */
export interface Frame {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: each frame is held against its schema when it arrives
  data: any
  timestamp: string
}

/** A client of the service's sockets that checks every frame against its schema. */
export interface SocketClient {
  /** All frames received so far. */
  readonly frames: Frame[]
  readonly protocol: string
  send(frame: object | string): void
  of(type: string): Frame[]
  /** Waits for the `count`th frame of a type. */
  next(type: string, count?: number): Promise<Frame>
  /** The code it was closed with. */
  readonly closed: Promise<number>
  close(): void
}

const patience_ms = 20_000
const opened = new Set<{ close(): void }>()

/** Closes every socket that a test left open. */
export function closeSockets(): void {
  for (const socket of opened) socket.close()
  opened.clear()
}

/** How a client authenticates. */
export interface Way {
  query?: string
  headers?: Record<string, string>
  protocols?: string[]
  path?: string
}

/** Opens a socket and resolves when it is open. */
export async function openSocket(url: string, way: Way = {}): Promise<SocketClient> {
  const address = `${url.replace(/^http/, 'ws')}${way.path ?? '/ws'}${way.query ? `?token=${way.query}` : ''}`
  const options = { headers: way.headers ?? {}, ...(way.protocols ? { protocols: way.protocols } : {}) }
  const socket = new WebSocket(address, options)
  opened.add(socket)
  const frames: Frame[] = []
  const listeners = new Set<() => void>()
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame
    frames.push(frame)
    const parsed = frameOf(frame.type as Message['type']).safeParse(frame)
    if (!parsed.success) frames.push({ type: 'UNDEFINED', data: parsed.error.issues, timestamp: '' })
    for (const listener of listeners) listener()
  })
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('no upgrade')))
  })
  const of = (type: string) => frames.filter((frame) => frame.type === type)
  return {
    frames,
    protocol: socket.protocol,
    closed,
    of,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: (type, count = 1) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look)
          reject(new Error(`no ${type} (${count}) among ${JSON.stringify(frames)}`))
        }, patience_ms)
        const look = () => {
          const frame = of(type)[count - 1]
          if (!frame) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve(frame)
        }
        listeners.add(look)
        look()
      }),
    close: () => socket.close(),
  }
}

/** Opens a socket of someone signed in. Resolves after its frame `connected`. */
export async function connectAs(url: string, { token }: { token: string }): Promise<SocketClient> {
  const socket = await openSocket(url, { query: token })
  await socket.next('connected')
  return socket
}

/** A socket that never answers and reads only when told to. */
export interface SilentSocket {
  readonly tcp: TcpSocket
  text(): string
  readonly ended: Promise<void>
}

/** Makes the upgrade by hand and then sends nothing. */
export async function openSilently(url: string, token: string): Promise<SilentSocket> {
  const { hostname, port } = new URL(url)
  const tcp = connect(Number(port), hostname)
  opened.add({ close: () => tcp.destroy() })
  let text = ''
  tcp.on('data', (bytes) => {
    text += bytes.toString('latin1')
  })
  const ended = new Promise<void>((resolve) => tcp.on('close', () => resolve()))
  tcp.on('error', () => {})
  const lines = ['GET /ws HTTP/1.1', `Host: ${hostname}`, 'Upgrade: websocket', 'Connection: Upgrade']
  const key = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']
  tcp.write(`${[...lines, ...key, `Authorization: Bearer ${token}`].join('\r\n')}\r\n\r\n`)
  await until(() => text.includes('"connected"'))
  return { tcp, text: () => text, ended }
}

/** Waits for something to become true. */
export async function until(test: () => boolean | Promise<boolean>, most_ms = patience_ms): Promise<void> {
  for (const deadline = Date.now() + most_ms; Date.now() < deadline; await Bun.sleep(10)) if (await test()) return
  expect(await test(), 'waited in vain').toBe(true)
}

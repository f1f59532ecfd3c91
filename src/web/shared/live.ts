import { signal } from '@preact/signals'
import type { Message } from '../../contract/messages.ts'
import { freshToken } from './api.ts'
import { spread } from './random.ts'
import { tokens, userId } from './tokens.ts'

type Data<Type extends Message['type']> = Extract<Message, { type: Type }>['data']
type Listener = (data: never) => void

/** Whether changes arrive as they happen. */
export const line = signal<'live' | 'joining' | 'away'>('joining')

const listeners = new Map<string, Set<Listener>>()
const firstWait_ms = 500
const longestWait_ms = 20_000
const ping_ms = 20_000
const silence_ms = 50_000
const tokenEnded = 4401
const tooMany = 4409

let socket: WebSocket | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0
let heardAt = 0

/** Hears one type of message until the returned function is called. */
export function hear<Type extends Message['type']>(type: Type, listener: (data: Data<Type>) => void): () => void {
  const set = listeners.get(type) ?? new Set()
  listeners.set(type, set)
  set.add(listener as Listener)
  return () => void set.delete(listener as Listener)
}

/** Keeps a socket to the service for as long as somebody is signed in. */
export function startLive(): void {
  userId.subscribe((user) => {
    disconnect()
    if (user !== undefined) connect()
  })
  window.ononline = comeBack
  window.onoffline = () => {
    disconnect()
    line.value = 'away'
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') comeBack()
  })
  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return
    if (Date.now() - heardAt > silence_ms) socket.close()
    else socket.send('{"type":"ping"}')
  }, ping_ms)
}

function comeBack(): void {
  if (socket || !tokens.value) return
  failures = 0
  connect()
}

function connect(): void {
  const used = tokens.value?.access_token
  if (used === undefined) return
  clearTimeout(timer)
  const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`)
  socket = opened
  opened.onopen = () => opened.send(JSON.stringify({ type: 'auth', token: used }))
  opened.onmessage = ({ data }) => heard(String(data))
  opened.onclose = ({ code }) => {
    if (socket !== opened) return
    socket = undefined
    void lost(code, used)
  }
}

function heard(text: string): void {
  heardAt = Date.now()
  const { type, data } = JSON.parse(text) as Message
  if (type === 'connected') {
    failures = 0
    line.value = 'live'
  }
  for (const listener of listeners.get(type) ?? []) listener(data as never)
}

async function lost(code: number, used: string): Promise<void> {
  line.value = 'away'
  failures += 1
  if (code === tokenEnded) await freshToken(used).catch(() => {})
  const wait_ms = code === tooMany ? longestWait_ms : Math.min(firstWait_ms * 2 ** failures, longestWait_ms)
  clearTimeout(timer)
  timer = setTimeout(connect, wait_ms * (0.5 + spread() / 2))
}

function disconnect(): void {
  clearTimeout(timer)
  const closing = socket
  socket = undefined
  closing?.close()
  line.value = 'joining'
}

import type { WebSocketHandler } from 'bun'
import type { Logger } from 'pino'
import type { Access } from '../accounts/access.ts'
import { clientFrame } from '../contract/messages.ts'
import { Refusal, type RefusalCode, refusals } from '../contract/refusals.ts'
import type { Caller } from '../http/env.ts'
import { parseJson } from '../lib/parse-json.ts'
import type { Balance } from './balances.ts'
import type { LocalHub } from './hub.ts'
import type { Roster } from './roster.ts'
import { end, type Socket, type SocketData, tell } from './socket.ts'

export interface SocketsOptions {
  roster: Roster
  hub: LocalHub
  access: Pick<Access, 'callerOf'>
  readBalance: (userId: number) => Promise<Balance>
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
}

export const heartbeat_ms = 30_000
const largestFrame = 4_096
const backPressure = 64 * 1024
/** The most frames of one client in a window; pings and pongs count too. */
const mostFrames = 60
const window_ms = 10_000

/** Handles the events of open sockets. */
export function socketHandler(options: SocketsOptions): WebSocketHandler<SocketData> {
  const { roster, logger, elapsed_ms } = options

  /** Called for every frame of the client. Returns false when the frame must be ignored; a flood closes the socket. */
  const heard = (socket: Socket): boolean => {
    const { data } = socket
    const at = elapsed_ms()
    data.heardAt = at
    if (data.stage === 'ending') return false
    if (at - data.windowAt > window_ms) Object.assign(data, { windowAt: at, frames: 0 })
    data.frames += 1
    if (data.frames > mostFrames) end(socket, 'flooding')
    return data.frames <= mostFrames
  }

  return {
    maxPayloadLength: largestFrame,
    perMessageDeflate: false,
    backpressureLimit: backPressure,
    closeOnBackpressureLimit: true,
    // Off: our own pings and pushes would count as activity of a dead client. rounds.ts checks what the client sends.
    idleTimeout: 0,
    sendPings: false,
    open(socket) {
      roster.all.add(socket)
      if (socket.data.caller) void join(socket, socket.data.caller, options)
    },
    message(socket, text) {
      if (!heard(socket)) return
      const frame = typeof text === 'string' ? parseJson(text) : undefined
      if (socket.data.stage === 'stranger') void introduce(socket, frame, options)
      else if (socket.data.stage === 'joining') socket.data.backlog.push(frame)
      else answer(socket, frame, options)
    },
    ping: (socket) => void heard(socket),
    pong: (socket) => void heard(socket),
    close(socket, code) {
      socket.data.stage = 'ending'
      roster.remove(socket)
      logger.debug({ user_id: socket.data.caller?.userId, close_code: code }, 'socket closed')
    },
  }
}

/** Authenticates a socket by its first frame. Any other first frame closes it. */
async function introduce(socket: Socket, frame: unknown, options: SocketsOptions): Promise<void> {
  const parsed = clientFrame.safeParse(socket.data.format.decode(frame))
  if (!parsed.success || parsed.data.type !== 'auth') {
    end(socket, 'unauthenticated')
    return
  }
  socket.data.stage = 'joining'
  try {
    const caller = await options.access.callerOf(parsed.data.token)
    if (!isOpen(socket)) return
    socket.data.caller = caller
    await join(socket, caller, options)
  } catch (error) {
    end(socket, error instanceof Refusal && error.code !== 9007 ? 'unauthenticated' : 'failed')
  }
}

/** Sends the balance in `connected`, then everything that happened since. */
async function join(socket: Socket, { userId }: Caller, options: SocketsOptions): Promise<void> {
  const { roster, hub, readBalance, logger, now } = options
  roster.seat(socket, userId)
  try {
    const { total_points, ledger_seq } = await readBalance(userId)
    if (!isOpen(socket)) return
    const server_time = now().toISOString()
    const data = { message: '连接成功', user_id: userId, total_points, server_time, heartbeat_interval: heartbeat_ms }
    tell(socket, { type: 'connected', data }, server_time)
    hub.subscribe(socket)
    roster.goLive(socket, userId, ledger_seq)
    for (const frame of socket.data.backlog.splice(0)) answer(socket, frame, options)
  } catch (error) {
    logger.warn({ err: error, user_id: userId }, 'a socket could not be brought up to date')
    end(socket, 'failed')
  }
}

function answer(socket: Socket, frame: unknown, { hub, now }: SocketsOptions): void {
  const server_time = now().toISOString()
  const sendError = (code: RefusalCode) => {
    tell(socket, { type: 'error', data: { code, message: refusals[code].sentence } }, server_time)
  }
  const parsed = clientFrame.safeParse(socket.data.format.decode(frame))
  if (frame === undefined) sendError(9001)
  else if (!parsed.success || parsed.data.type === 'auth') sendError(9000)
  else if (parsed.data.type === 'ping') tell(socket, { type: 'pong', data: { server_time } }, server_time)
  else
    hub.narrow(socket, parsed.data.type === 'unsubscribe_products' ? undefined : [...new Set(parsed.data.product_ids)])
}

function isOpen(socket: Socket): boolean {
  return socket.data.stage !== 'ending' && socket.readyState === WebSocket.OPEN
}

import type { ServerWebSocket } from 'bun'
import type { Message } from '../contract/messages.ts'
import type { Caller } from '../http/env.ts'
import type { SocketFormat } from './format.ts'
import type { LineItem } from './line.ts'

/** A connection's stages: not authenticated yet, waiting for its balance, getting pushes, closing. */
export type Stage = 'stranger' | 'joining' | 'live' | 'ending'

/** The state of one connection. Instants are in ms of the monotonic clock. */
export interface SocketData {
  stage: Stage
  caller: Caller | undefined
  readonly format: SocketFormat
  readonly openedAt: number
  /** When the client last sent anything. Only this shows that it is alive. */
  heardAt: number
  pingedAt: number
  /** Rounds of checks since the server closed it. */
  endingRounds: number
  /** Frames since `windowAt`, for the flood limit. */
  frames: number
  windowAt: number
  /** The ledger row of the balance in its `connected` frame. That balance includes all earlier rows. */
  floor: number
  /** The user's pushes that arrived while it was joining. */
  early: LineItem[]
  /** The client's frames that arrived while it was joining. */
  backlog: unknown[]
  /** The products whose `stock_update` it gets; undefined means all. */
  products: readonly number[] | undefined
}

export type Socket = ServerWebSocket<SocketData>

/** Why the server closes a socket: codes of RFC 6455, and our own from 4000 on. */
const closing = {
  goingAway: [1001, 'going away'],
  flooding: [1008, 'too many frames'],
  failed: [1011, 'try again'],
  unauthenticated: [4401, 'sign in again'],
  silent: [4408, 'silent for too long'],
  replaced: [4409, 'too many connections of one user'],
} as const

export function newSocketData(format: SocketFormat, caller: Caller | undefined, now: number): SocketData {
  return {
    stage: caller ? 'joining' : 'stranger',
    caller,
    format,
    openedAt: now,
    heardAt: now,
    pingedAt: now,
    endingRounds: 0,
    frames: 0,
    windowAt: now,
    floor: 0,
    early: [],
    backlog: [],
    products: undefined,
  }
}

/** Closes the socket with a code and a reason. Frames that still arrive from it are ignored. */
export function end(socket: Socket, why: keyof typeof closing): void {
  if (socket.data.stage === 'ending') return
  socket.data.stage = 'ending'
  const [code, reason] = closing[why]
  socket.close(code, reason)
}

/** Sends one message to a socket, in its format. Bun's back-pressure limit closes a socket that doesn't read. */
export function tell(socket: Socket, message: Message, timestamp: string): void {
  if (socket.data.stage === 'ending') return
  for (const frame of socket.data.format.encode(message, timestamp, socket.data.caller?.userId)) socket.send(frame)
}

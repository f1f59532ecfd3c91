import type { ServerWebSocket } from 'bun'
import type { Message } from '../contract/messages.ts'
import type { Caller } from '../http/env.ts'
import type { SocketFormat } from './format.ts'
import type { LineItem } from './line.ts'

/** Where a connection stands: it has yet to say who it is, is being brought up to date, hears pushes, or is closing. */
export type Stage = 'stranger' | 'joining' | 'live' | 'ending'

/** What is known of one connection. Instants are in ms of the steady clock. */
export interface SocketData {
  stage: Stage
  caller: Caller | undefined
  readonly format: SocketFormat
  readonly openedAt: number
  /** When the client last sent anything: its only sign of life. */
  heardAt: number
  pingedAt: number
  /** Rounds since it was told to close. */
  endingRounds: number
  /** Frames since `windowAt`, for the flood limit. */
  frames: number
  windowAt: number
  /** The ledger row that its `connected` frame told of: earlier ones are in that balance already. */
  floor: number
  /** The user's pushes while it is joining. */
  early: LineItem[]
  /** The client's frames until it is live. */
  backlog: unknown[]
  /** The products that `stock_update` is narrowed to; undefined: all. */
  products: readonly number[] | undefined
}

export type Socket = ServerWebSocket<SocketData>

/** Why the server closes a socket: RFC 6455's codes, and 4000 and up of our own. */
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

/** Closes it with its reason; what still arrives from it is ignored. */
export function end(socket: Socket, why: keyof typeof closing): void {
  if (socket.data.stage === 'ending') return
  socket.data.stage = 'ending'
  const [code, reason] = closing[why]
  socket.close(code, reason)
}

/** Tells one socket something, in its own format. A socket that doesn't read is closed by Bun's back-pressure limit. */
export function tell(socket: Socket, message: Message, timestamp: string): void {
  if (socket.data.stage === 'ending') return
  for (const frame of socket.data.format.encode(message, timestamp, socket.data.caller?.userId)) socket.send(frame)
}

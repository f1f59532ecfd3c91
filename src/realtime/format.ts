import type { Message } from '../contract/messages.ts'

/** How one connection's frames look: the contract's own, or another shape of them for older clients. */
export interface SocketFormat {
  /** Tells formats apart; ASCII. */
  readonly name: string
  /** The frames that a message goes out as, in order; `userId` when it is for one user. */
  encode(message: Message, timestamp: string, userId?: number): readonly string[]
  /** A client's parsed frame in the contract's shape. */
  decode(frame: unknown): unknown
}

/** The contract's frames. */
export const plainFormat: SocketFormat = {
  name: 'plain',
  encode: ({ type, data }, timestamp) => [JSON.stringify({ type, data, timestamp })],
  decode: (frame) => frame,
}

import type { Message } from '../contract/messages.ts'

/** The format of one connection's frames: the contract's, or one for older clients. */
export interface SocketFormat {
  /** Names the format in topics; ASCII. */
  readonly name: string
  /** The frames of a message, in order. `userId` is given when the message is for one user. */
  encode(message: Message, timestamp: string, userId?: number): readonly string[]
  /** Translates a client's parsed frame into the contract's shape. */
  decode(frame: unknown): unknown
}

/** The contract's frames. */
export const plainFormat: SocketFormat = {
  name: 'plain',
  encode: ({ type, data }, timestamp) => [JSON.stringify({ type, data, timestamp })],
  decode: (frame) => frame,
}

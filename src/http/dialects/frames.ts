import type { Message } from '../../contract/messages.ts'
import type { Use } from '../dialect.ts'
import { type Fields, isFields } from './requests.ts'
import type { Uses } from './uses.ts'

/** The frames of older clients. Every socket gets them: they only add to the contract's frames. */
export interface SocketDialect {
  readonly name: string
  /** The frames of a message, in order. `userId` is given when the message is for one user. */
  encode(message: Message, timestamp: string, userId?: number): readonly string[]
  /** Translates a client's frame into the contract's words. */
  decode(frame: unknown): unknown
}

/** The `event` of a message's frames. Messages that are not listed use their type. */
const events: Readonly<Record<string, string>> = {
  points_update: 'point_updated',
  stock_update: 'stock_updated',
  review_result: 'review_completed',
}

/** Other names of fields in a message's data: alias, then the contract's. */
const copies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  connected: { points: 'total_points', new_balance: 'total_points' },
  points_update: {
    points: 'total_points',
    new_balance: 'total_points',
    change_amount: 'change_points',
    source: 'reason_code',
    reason_text: 'reason',
  },
}

/** Messages that carry their `user_id` for older clients. */
const named: readonly string[] = ['review_result']

/** Messages that are sent a second time, under another type and with other names of their fields. */
const doubled: Readonly<Record<string, { type: string; copies: Readonly<Record<string, string>> }>> = {
  system_notification: { type: 'system_notice', copies: { type: 'notification_type' } },
}

/** Frames of older clients: a type, the target that it must have, and the contract's type that it stands for. */
const spoken: readonly { type: string; target?: string; means: string }[] = [
  { type: 'heartbeat', means: 'ping' },
  { type: 'subscribe', target: 'products', means: 'subscribe_products' },
  { type: 'unsubscribe', target: 'products', means: 'unsubscribe_products' },
]

export function createSocketDialect(uses: Uses): SocketDialect {
  const sent = new Map<string, Use>()
  const useOf = (type: string) => {
    const use = sent.get(type) ?? uses.of(...frameAliases(type))
    sent.set(type, use)
    return use
  }
  for (const type of [...Object.keys(copies), ...Object.keys(events), ...Object.keys(doubled)]) useOf(type)
  const heard = new Map(spoken.map((frame) => [frame, uses.of(`socket ${frame.type}`)]))

  return {
    name: 'dialects',
    encode({ type, data }, timestamp, userId) {
      useOf(type).count += 1
      const told = withCopies(data, copies[type])
      if (userId !== undefined && named.includes(type)) told.user_id = userId
      const frames = [frameText(type, told, timestamp)]
      const second = doubled[type]
      if (second) frames.push(frameText(second.type, withCopies(told, second.copies), timestamp))
      return frames
    },
    decode(frame) {
      if (!isFields(frame)) return frame
      const found = spoken.find(({ type, target }) => frame.type === type && (!target || targetOf(frame) === target))
      const use = found && heard.get(found)
      if (!found || !use) return frame
      use.count += 1
      return { ...frame, type: found.means }
    },
  }
}

function frameAliases(type: string): string[] {
  const second = doubled[type]
  return [
    `socket ${type} > event`,
    ...Object.keys(copies[type] ?? {}).map((alias) => `socket ${type} > ${alias}`),
    ...(named.includes(type) ? [`socket ${type} > user_id`] : []),
    ...(second ? [`socket ${type} > ${second.type}`] : []),
  ]
}

function frameText(type: string, data: Fields, timestamp: string): string {
  return JSON.stringify({ type, event: events[type] ?? type, data, timestamp })
}

function withCopies(data: object, names: Readonly<Record<string, string>> = {}): Fields {
  const told: Fields = { ...data }
  for (const [alias, field] of Object.entries(names)) told[alias] = told[field]
  return told
}

function targetOf({ target, data }: Fields): unknown {
  return isFields(data) ? (data.target ?? target) : target
}

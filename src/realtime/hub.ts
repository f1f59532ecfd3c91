import type { Server } from 'bun'
import type { Push } from '../contract/messages.ts'
import type { SocketFormat } from './format.ts'
import { lineItems } from './line.ts'
import type { Roster } from './roster.ts'
import type { Socket, SocketData } from './socket.ts'

/** Sends pushes of committed changes to sockets. */
export interface Hub {
  /** Sends the pushes of one commit, in order. */
  publish(pushes: readonly Push[]): void
}

/** A hub for the sockets of this process. */
export interface LocalHub extends Hub {
  /** Sets the server whose topics it publishes to. */
  attach(server: Pick<Server<SocketData>, 'publish' | 'subscriberCount'>): void
  /** Subscribes a live socket to the topics that its caller may hear. */
  subscribe(socket: Socket): void
  /** Records that the caller became a merchant, or no longer is one. */
  setMerchant(socket: Socket, isMerchant: boolean): void
  /** Limits `stock_update` to these products; undefined means all products. */
  narrow(socket: Socket, products: readonly number[] | undefined): void
}

/**
 * A user's pushes go to each of their sockets. All other pushes go through Bun's topics, encoded once for all sockets.
 */
export function createHub(roster: Roster, count: (type: Push['type']) => void): LocalHub {
  const formats = new Map<string, SocketFormat>()
  let server: Pick<Server<SocketData>, 'publish' | 'subscriberCount'> | undefined
  const isOvertaken = overtakenStocks()
  const broadcast = (push: Push) => {
    if (isOvertaken(push)) return
    for (const format of formats.values()) {
      const heard = topicsOf(push)
        .map((topic) => topicIn(format, topic))
        .filter((topic) => (server?.subscriberCount(topic) ?? 0) > 0)
      const frames = heard.length > 0 ? format.encode(push, push.data.timestamp) : []
      for (const topic of heard) for (const frame of frames) server?.publish(topic, frame)
    }
  }

  return {
    attach(running) {
      server = running
    },
    publish(pushes) {
      const personal = new Map<number, Push[]>()
      for (const push of pushes) {
        count(push.type)
        if (typeof push.to === 'string') broadcast(push)
        else if (roster.has(push.to.user_id)) {
          const theirs = personal.get(push.to.user_id) ?? []
          theirs.push(push)
          personal.set(push.to.user_id, theirs)
        }
      }
      for (const [userId, theirs] of personal) roster.push(userId, lineItems(theirs))
    },
    subscribe(socket) {
      const { format, caller } = socket.data
      formats.set(format.name, format)
      socket.subscribe(topicIn(format, 'everyone'))
      socket.subscribe(topicIn(format, 'stock'))
      if (caller?.isMerchant) socket.subscribe(topicIn(format, 'merchants'))
    },
    setMerchant(socket, isMerchant) {
      const { format, caller, stage } = socket.data
      if (!caller || stage !== 'live' || caller.isMerchant === isMerchant) return
      socket.data.caller = { ...caller, isMerchant }
      if (isMerchant) socket.subscribe(topicIn(format, 'merchants'))
      else socket.unsubscribe(topicIn(format, 'merchants'))
    },
    narrow(socket, products) {
      const { format, products: before } = socket.data
      for (const id of before ?? []) socket.unsubscribe(topicIn(format, `stock:${id}`))
      if (products === undefined) socket.subscribe(topicIn(format, 'stock'))
      else socket.unsubscribe(topicIn(format, 'stock'))
      for (const id of products ?? []) socket.subscribe(topicIn(format, `stock:${id}`))
      socket.data.products = products
    },
  }
}

/** Pushes from different replicas can arrive in the wrong order only within this time. */
const overtaking_ms = 5_000

/** Makes a function that is true for a `stock_update` that arrives after a later one of the same product. */
function overtakenStocks(): (push: Push) => boolean {
  const last = new Map<number, { seq: number; heardAt: number }>()
  return (push) => {
    if (push.type !== 'stock_update' || push.ledger_seq === undefined) return false
    const { product_id } = push.data
    const [seq, heardAt] = [push.ledger_seq, performance.now()]
    const newest = last.get(product_id)
    // A lower number after that time means that the database was restored to an earlier state.
    if (newest && seq < newest.seq && heardAt - newest.heardAt < overtaking_ms) return true
    last.set(product_id, { seq, heardAt })
    return false
  }
}

/**
 * A commit's pushes with only the last stock of each product: the earlier ones were never visible outside the commit.
 */
export function withoutPassingStocks(pushes: readonly Push[]): readonly Push[] {
  const last = new Map<number, Push>()
  for (const push of pushes) if (push.type === 'stock_update') last.set(push.data.product_id, push)
  return pushes.filter((push) => push.type !== 'stock_update' || last.get(push.data.product_id) === push)
}

/** A socket subscribes to `stock` or to single products, never to both. */
function topicsOf(push: Push): string[] {
  if (push.to === 'merchants') return ['merchants']
  return push.type === 'stock_update' ? ['stock', `stock:${push.data.product_id}`] : ['everyone']
}

function topicIn(format: SocketFormat, topic: string): string {
  return `${format.name}/${topic}`
}

import type { Server } from 'bun'
import type { Push } from '../contract/messages.ts'
import type { SocketFormat } from './format.ts'
import { lineItems } from './line.ts'
import type { Roster } from './roster.ts'
import type { Socket, SocketData } from './socket.ts'

/** Brings what was committed to the sockets of this process. */
export interface Hub {
  /** The pushes of one commit, in order. */
  publish(pushes: readonly Push[]): void
}

/** Adds what sockets and the server need of it. */
export interface LocalHub extends Hub {
  /** The server whose topics are published to. */
  attach(server: Pick<Server<SocketData>, 'publish' | 'subscriberCount'>): void
  /** Subscribes a live socket to what everyone like it hears. */
  subscribe(socket: Socket): void
  /** The caller became a merchant, or no longer is one. */
  setMerchant(socket: Socket, isMerchant: boolean): void
  /** Narrows `stock_update` to these products; undefined: all of them. */
  narrow(socket: Socket, products: readonly number[] | undefined): void
}

/** One user's pushes go to their sockets in person, everything else through Bun's topics, one frame for all. */
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

/** On the way between replicas a push is overtaken by a later one within this time, or not at all. */
const overtaking_ms = 5_000

/** Tells of each stock in turn whether a later one, of another replica, has overtaken it on its way. */
function overtakenStocks(): (push: Push) => boolean {
  const last = new Map<number, { seq: number; heardAt: number }>()
  return (push) => {
    if (push.type !== 'stock_update' || push.ledger_seq === undefined) return false
    const { product_id } = push.data
    const [seq, heardAt] = [push.ledger_seq, performance.now()]
    const newest = last.get(product_id)
    // Long after it a lower number means that the database was set back.
    if (newest && seq < newest.seq && heardAt - newest.heardAt < overtaking_ms) return true
    last.set(product_id, { seq, heardAt })
    return false
  }
}

/**
 * A commit's pushes with the last stock of each product only: the ones before it were never true outside the commit.
 */
export function withoutPassingStocks(pushes: readonly Push[]): readonly Push[] {
  const last = new Map<number, Push>()
  for (const push of pushes) if (push.type === 'stock_update') last.set(push.data.product_id, push)
  return pushes.filter((push) => push.type !== 'stock_update' || last.get(push.data.product_id) === push)
}

/** A socket listens to `stock` or to its own products, never to both. */
function topicsOf(push: Push): string[] {
  if (push.to === 'merchants') return ['merchants']
  return push.type === 'stock_update' ? ['stock', `stock:${push.data.product_id}`] : ['everyone']
}

function topicIn(format: SocketFormat, topic: string): string {
  return `${format.name}/${topic}`
}

import type { Server, WebSocketHandler } from 'bun'
import type { Logger } from 'pino'
import type { Access } from '../accounts/access.ts'
import type { Push } from '../contract/messages.ts'
import { plainFormat, type SocketFormat } from './format.ts'
import { createHub, type Hub, withoutPassingStocks } from './hub.ts'
import type { Relay } from './relay.ts'
import { Roster } from './roster.ts'
import { startRounds } from './rounds.ts'
import { end, type SocketData } from './socket.ts'
import { type SocketsOptions, socketHandler } from './sockets.ts'

/** The sockets of this process and the pushes they hear, its own and other replicas'. */
export interface Realtime extends Hub {
  /** Brings another replica's pushes to the sockets here. */
  deliver(pushes: readonly Push[]): void
  readonly handler: WebSocketHandler<SocketData>
  formatOf(request: Request): SocketFormat
  /** Starts looking after the sockets of this server. */
  attach(server: Server<SocketData>): void
  /** A session ended: its sockets are closed. */
  endSession(sessionId: string): void
  /** Open sockets. */
  sockets(): number
  /** No more upgrades. */
  readonly closing: boolean
  /** Closes every socket with 1001; those that don't answer within a second are cut. */
  close(): Promise<void>
}

export interface RealtimeOptions {
  access: Pick<Access, 'callerOf' | 'standings'>
  balanceOf: SocketsOptions['balanceOf']
  relay: Pick<Relay, 'state' | 'tell'>
  /** Which format a connection speaks; the contract's by default. */
  formatOf?: (request: Request) => SocketFormat
  count: (type: Push['type']) => void
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
}

/** How long another replica's earlier push is waited for, and how long an earlier one of our own. */
const patience_ms = { relayed: 250, alone: 50 }
const farewell_ms = 1_000

export function createRealtime(options: RealtimeOptions): Realtime {
  const { access, relay, formatOf = () => plainFormat, count, logger, now, elapsed_ms } = options
  const roster = new Roster(() => (relay.state === 'ok' ? patience_ms.relayed : patience_ms.alone))
  const hub = createHub(roster, count)
  let stopRounds = () => {}
  let closing = false

  return {
    publish(pushes) {
      const told = withoutPassingStocks(pushes)
      if (told.length === 0) return
      hub.publish(told)
      relay.tell({ kind: 'pushes', pushes: told })
    },
    deliver: hub.publish,
    handler: socketHandler({ roster, hub, access, balanceOf: options.balanceOf, logger, now, elapsed_ms }),
    formatOf,
    attach(server) {
      hub.attach(server)
      stopRounds = startRounds({ roster, hub, access, logger, now, elapsed_ms })
    },
    endSession(sessionId) {
      for (const socket of roster.all) if (socket.data.caller?.sessionId === sessionId) end(socket, 'unauthenticated')
    },
    sockets: () => roster.all.size,
    get closing() {
      return closing
    },
    async close() {
      closing = true
      for (const socket of roster.all) end(socket, 'goingAway')
      for (const endedAt = elapsed_ms(); roster.all.size > 0 && elapsed_ms() - endedAt < farewell_ms; )
        await Bun.sleep(5)
      for (const socket of roster.all) socket.terminate()
      stopRounds()
    },
  }
}

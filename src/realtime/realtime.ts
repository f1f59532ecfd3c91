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

/** The sockets of this process, and the pushes that they get from this replica and from the others. */
export interface Realtime extends Hub {
  /** Sends another replica's pushes to the sockets of this process. */
  deliver(pushes: readonly Push[]): void
  readonly handler: WebSocketHandler<SocketData>
  formatOf(request: Request): SocketFormat
  /** Starts the pings and checks of this server's sockets. */
  attach(server: Server<SocketData>): void
  /** Closes the sockets of a session that ended. */
  endSession(sessionId: string): void
  /** The number of open sockets. */
  sockets(): number
  /** True when no more upgrades are accepted. */
  readonly closing: boolean
  /** Closes every socket with 1001. Those that don't answer within a second are cut off. */
  close(): Promise<void>
}

export interface RealtimeOptions {
  access: Pick<Access, 'callerOf' | 'standings'>
  readBalance: SocketsOptions['readBalance']
  relay: Pick<Relay, 'state' | 'tell'>
  /** The format of a connection; the contract's by default. */
  formatOf?: (request: Request) => SocketFormat
  count: (type: Push['type']) => void
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
}

/** How long to wait for an earlier push: with other replicas, and without Redis. */
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
    handler: socketHandler({ roster, hub, access, readBalance: options.readBalance, logger, now, elapsed_ms }),
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

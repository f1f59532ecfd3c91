import type { Logger } from 'pino'
import type { Access } from '../accounts/access.ts'
import type { Config } from '../config/config.ts'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Cached } from '../lib/cached.ts'
import { createBalanceReader } from '../realtime/balances.ts'
import type { SocketFormat } from '../realtime/format.ts'
import { createRealtime, type Realtime } from '../realtime/realtime.ts'
import { createRelay, type Relay } from '../realtime/relay.ts'

/** What connects this process with people's sockets and with the other replicas. */
export interface Live<Caches> {
  realtime: Realtime
  relay: Relay
  /** Takes what the till announces after each commit. */
  publish(pushes: readonly Push[]): void
  /** The caches that were given, but `invalidate` works on every replica. */
  caches: Caches
  /** The access that was given, but `forget` works on every replica and closes the session's sockets. */
  access: Access
}

export interface LiveOptions<Caches> {
  config: Pick<Config, 'REDIS_URL' | 'JWT_SECRET_PREVIOUS'>
  secret: string
  database: Database
  access: Access
  /** By name; the other replicas have the same ones. Each change of stock refreshes `catalogue`. */
  caches: Caches
  metrics: Metrics
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
  /** The format of frames; without one, the contract's. */
  format?: SocketFormat | undefined
}

/** Connects sockets, relay, caches and sessions with each other. */
export function createLive<Caches extends Record<string, Cached<unknown>> & { catalogue: Cached<unknown> }>(
  options: LiveOptions<Caches>,
): Live<Caches> {
  const { config, secret, database, access, caches, metrics, logger, now, elapsed_ms, format } = options
  const lost = metrics.counter('relay_lost_total', 'Messages that other replicas did not get', [])
  const forged = metrics.counter('relay_forged_total', 'Messages in Redis that no replica sent; dropped', [], [{}])
  const counted = metrics.counter('realtime_pushes_total', 'Pushes by type', ['type'])

  const refreshOn = (pushes: readonly Push[]) => {
    if (pushes.some(({ type }) => type === 'stock_update')) caches.catalogue.invalidate()
  }
  const forgetHere = (sessionId: string) => {
    access.forget(sessionId)
    realtime.endSession(sessionId)
  }
  const relay = createRelay({
    url: config.REDIS_URL,
    secret,
    previousSecret: config.JWT_SECRET_PREVIOUS,
    logger,
    onForged: () => forged({}),
    onLost: () => lost({}),
    onReady() {
      for (const cache of Object.values(caches)) cache.invalidate()
    },
    onMessage(message) {
      if (message.kind === 'session_ended') forgetHere(message.session_id)
      else if (message.kind === 'changed') caches[message.what]?.invalidate()
      else {
        refreshOn(message.pushes)
        realtime.deliver(message.pushes)
      }
    },
  })
  const realtime = createRealtime({
    access,
    relay,
    readBalance: createBalanceReader(database),
    ...(format ? { formatOf: () => format } : {}),
    count: (type) => counted({ type }),
    logger,
    now,
    elapsed_ms,
  })
  metrics.readGauges({
    realtime_sockets: { help: 'Open sockets', read: realtime.sockets },
    relay_connected: { help: '1 while Redis is there', read: () => (relay.state === 'ok' ? 1 : 0) },
  })

  return {
    realtime,
    relay,
    publish(pushes) {
      refreshOn(pushes)
      realtime.publish(pushes)
    },
    caches: sharedCaches(caches, relay),
    access: {
      ...access,
      forget(sessionId) {
        forgetHere(sessionId)
        relay.tell({ kind: 'session_ended', session_id: sessionId })
      },
    },
  }
}

function sharedCaches<Caches extends Record<string, Cached<unknown>>>(caches: Caches, relay: Relay): Caches {
  const shared = Object.entries(caches).map(([what, cache]) => [
    what,
    {
      get: cache.get,
      invalidate() {
        cache.invalidate()
        relay.tell({ kind: 'changed', what })
      },
    },
  ])
  return Object.fromEntries(shared) as Caches
}

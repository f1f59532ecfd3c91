import { createHmac } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type Push, pushes } from '../contract/messages.ts'
import { parseJson } from '../lib/parse-json.ts'
import { createRedisLink, type RedisLink } from './redis-link.ts'
import { createRelaySeal } from './relay-seal.ts'

/** The messages between replicas. */
const relayed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pushes'), pushes: z.array(pushShape()) }),
  z.object({ kind: z.literal('session_ended'), session_id: z.string() }),
  z.object({ kind: z.literal('changed'), what: z.string() }),
])
type Relayed = { kind: 'pushes'; pushes: readonly Push[] } | Exclude<z.output<typeof relayed>, { kind: 'pushes' }>

/** Sends messages to the other replicas, and receives theirs. */
export interface Relay {
  /** `off` when no Redis is configured: the replica works alone. */
  readonly state: 'ok' | 'away' | 'off'
  tell(message: Relayed): void
  /** The Redis connection, for counts that replicas share; undefined without Redis. */
  readonly redis: SharedRedis | undefined
  /** Resolves at the first connection, or after `most_ms`. */
  settled(most_ms: number): Promise<void>
  /** Finishes sending, then disconnects. */
  close(): Promise<void>
}

/** The Redis connection for the rest of the program. */
export interface SharedRedis extends Pick<RedisLink, 'isReady' | 'send'> {
  /** Takes a name's place in keys, so that Redis holds no phones and no addresses. */
  digest(name: string): string
}

export interface RelayOptions {
  url: string | undefined
  /** Names the channel and keys the MAC: only holders of the same secret hear and believe each other. */
  secret: string
  previousSecret: string | undefined
  onMessage: (message: z.output<typeof relayed>) => void
  /** Called at each connection. Messages of the others before it were missed. */
  onReady: () => void
  /** Called when a message could not be sent. */
  onLost: () => void
  /** Called when a message was not another replica's. */
  onForged: () => void
  logger: Logger
}

export function createRelay(options: RelayOptions): Relay {
  const { url, secret, previousSecret, onMessage, onReady, onLost, onForged, logger } = options
  if (url === undefined) {
    return { state: 'off', tell: () => {}, redis: undefined, settled: async () => {}, close: async () => {} }
  }
  const seal = createRelaySeal(secret, previousSecret)
  const underway = new Set<Promise<unknown>>()
  const link = createRedisLink({
    url,
    channels: seal.channels,
    onReady,
    logger,
    onMessage(text) {
      const opened = seal.open(text)
      if (opened === 'forged') onForged()
      if (typeof opened === 'string') return
      const parsed = relayed.safeParse(parseJson(opened.body))
      if (parsed.success) onMessage(parsed.data)
      else logger.warn('a message of another replica makes no sense: do all run the same version?')
    },
  })
  return {
    get state() {
      return link.isReady ? 'ok' : 'away'
    },
    tell(message) {
      const sent = link.publish(seal.seal(JSON.stringify(message))).then((ok) => ok || onLost())
      underway.add(sent)
      void sent.finally(() => underway.delete(sent))
    },
    redis: {
      get isReady() {
        return link.isReady
      },
      send: link.send,
      digest: (name) => createHmac('sha256', secret).update(`redis-key\n${name}`).digest('base64url').slice(0, 22),
    },
    settled: (most_ms) => link.settled(most_ms),
    async close() {
      await Promise.all(underway)
      await link.close()
    },
  }
}

function pushShape(): z.ZodType<Push> {
  const to = z.union([z.object({ user_id: z.int() }), z.enum(['merchants', 'everyone'])])
  const shapes = Object.entries(pushes).map(([type, data]) =>
    z.object({ to, type: z.literal(type), data, ledger_seq: z.int().optional() }),
  )
  return z.union(shapes) as unknown as z.ZodType<Push>
}

import { createHmac } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type Push, pushes } from '../contract/messages.ts'
import { parseJson } from '../lib/parse-json.ts'
import { randomCode } from '../lib/random.ts'
import { createRedisLink, type RedisLink } from './redis-link.ts'

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
  readonly redis: Pick<RedisLink, 'isReady' | 'send'> | undefined
  /** Resolves at the first connection, or after `most_ms`. */
  settled(most_ms: number): Promise<void>
  /** Finishes sending, then disconnects. */
  close(): Promise<void>
}

export interface RelayOptions {
  url: string | undefined
  /** Names the channel, so that installations that share one Redis don't get each other's messages. */
  secret: string
  onMessage: (message: z.output<typeof relayed>) => void
  /** Called at each connection. Messages of the others before it were missed. */
  onReady: () => void
  /** Called when a message could not be sent. */
  onLost: () => void
  logger: Logger
}

export function createRelay(options: RelayOptions): Relay {
  const { url, secret, onMessage, onReady, onLost, logger } = options
  if (url === undefined) {
    return { state: 'off', tell: () => {}, redis: undefined, settled: async () => {}, close: async () => {} }
  }
  const instance = randomCode(16)
  const underway = new Set<Promise<unknown>>()
  const link = createRedisLink({
    url,
    channel: `restaurant-points:${createHmac('sha256', secret).update('relay').digest('hex').slice(0, 16)}`,
    onReady,
    logger,
    onMessage(text) {
      const [from, body] = split(text)
      if (from === instance || body === undefined) return
      const parsed = relayed.safeParse(parseJson(body))
      if (parsed.success) onMessage(parsed.data)
      else logger.warn('a message of another replica makes no sense: do all run the same version?')
    },
  })
  return {
    get state() {
      return link.isReady ? 'ok' : 'away'
    },
    tell(message) {
      const sent = link.publish(`${instance} ${JSON.stringify(message)}`).then((ok) => ok || onLost())
      underway.add(sent)
      void sent.finally(() => underway.delete(sent))
    },
    redis: link,
    settled: (most_ms) => link.settled(most_ms),
    async close() {
      await Promise.all(underway)
      await link.close()
    },
  }
}

/** The sender's name comes first, so that a process can drop its own messages without parsing them. */
function split(text: string): [string, string | undefined] {
  const at = text.indexOf(' ')
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function pushShape(): z.ZodType<Push> {
  const to = z.union([z.object({ user_id: z.int() }), z.enum(['merchants', 'everyone'])])
  const shapes = Object.entries(pushes).map(([type, data]) =>
    z.object({ to, type: z.literal(type), data, ledger_seq: z.int().optional() }),
  )
  return z.union(shapes) as unknown as z.ZodType<Push>
}

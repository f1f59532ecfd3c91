import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test'
import { type Client, createClient } from './client.ts'
import type { Person } from './people.ts'
import { type Program, startProgram } from './process.ts'
import { startRedis } from './redis.ts'
import { type TestService, useService } from './service.ts'
import { closeSockets, until } from './sockets.ts'

type ProgramSettings = Parameters<typeof startProgram>[0]

/** Two replicas on one database and one Redis. This process is the first, a program of its own the second. */
export interface TwoReplicas {
  service: TestService
  redis: Awaited<ReturnType<typeof startRedis>>
  readonly other: Program
  /** Calls to the other one. */
  readonly client: Client
  /** Starts one more on the database, with the settings of the two if `own` doesn't say otherwise. */
  startReplica(own?: ProgramSettings): Promise<Program>
  /** Resolves when both say this of the relay between them. */
  bothSay(state: 'ok' | 'away', most_ms?: number): Promise<void>
}

export const start_ms = 60_000

export async function useTwoReplicas(): Promise<TwoReplicas> {
  const redis = await startRedis()
  const settings = { TILL_LANES: '2', REDIS_URL: redis.url } as const
  const service = useService(settings)
  let other: Program
  let client: Client
  const startReplica = (own: ProgramSettings = {}) =>
    startProgram({ DATABASE_URL: service.databaseUrl, LOG_LEVEL: 'silent', JOBS: 'off', ...settings, ...own })
  const bothSay = (state: string, most_ms = 10_000) =>
    until(async () => (await realtimeOf(service.url)) === state && (await realtimeOf(other.url)) === state, most_ms)
  beforeAll(async () => {
    other = await startReplica()
    client = await createClient(other.url)
  }, start_ms)
  beforeEach(() => bothSay('ok'))
  afterEach(closeSockets)
  afterAll(async () => {
    await other.kill('SIGTERM')
    await redis.kill()
  })
  return {
    service,
    redis,
    get other() {
      return other
    },
    get client() {
      return client
    },
    startReplica,
    bothSay,
  }
}

/** What a replica's health says of the relay. */
export async function realtimeOf(url: string): Promise<string> {
  const { checks } = (await (await fetch(`${url}/health`)).json()) as { checks: { realtime: string } }
  return checks.realtime
}

export function buy(at: Client, { token }: Person, product_id: number) {
  return at.post('/api/exchange/submit', { token, body: { product_id } })
}

import { httpRequest, load } from './http-load.ts'
import { loginBody, type Person, phoneOf } from './people.ts'
import type { Result } from './result.ts'
import { alternate, judged, medianSample, ratioOf, rounded, type Sample } from './sample.ts'
import type { Program, Stage } from './stage.ts'
import { startTimes } from './start-times.ts'

export const catalogue = '/api/exchange/products'

/** What a scenario gets. */
export interface Scene {
  stage: Stage
  /** The service as it is. */
  service: Program
  /** The same service with batches of one, on the same database with as many lanes. */
  ofOne: Program
  /** The same service without dialects. */
  plain: Program
  /** A bare Hono route with a body of the catalogue's size. */
  bare: Program
  people: readonly Person[]
  /** The product that everybody exchanges. */
  productId: number
  rounds: number
  /** The length of one round. */
  seconds: number
}

export const scenarios: Record<string, (scene: Scene) => Promise<Result[]>> = {
  draws: async (scene) => [
    await againstOne(scene, 'draws', 256, draws(scene)),
    await latency(scene, 'draws', 64, draws(scene)),
  ],
  hot: async (scene) => [
    await againstOne(scene, 'hot product', 256, exchanges(scene)),
    await latency(scene, 'hot product', 64, exchanges(scene)),
  ],
  single: async (scene) => [await singleCaller(scene)],
  dialects: async (scene) => [await dialects(scene)],
  catalogue: async (scene) => [await cachedRead(scene)],
  reads: (scene) => ownReads(scene),
  starts: ({ stage, rounds }) => startTimes(stage, rounds),
  logins: async (scene) => [
    await latency(scene, 'logins of known phones', 64, knownLogins(scene)),
    await latency(scene, 'logins of new phones', 64, newLogins()),
  ],
}

/** Makes the requests for draws, one person after the other. */
export function draws({ people }: Pick<Scene, 'people'>): () => Uint8Array {
  return inTurn(people, ({ token }) =>
    httpRequest('POST', '/api/lottery/draw', { token, body: { draw_type: 'single' } }),
  )
}

/** Makes the requests for exchanges of the one product, one person after the other. */
export function exchanges({ people, productId }: Pick<Scene, 'people' | 'productId'>): () => Uint8Array {
  return exchangesOf(people, [productId])
}

/** Makes the requests for exchanges of these products in turn, one person after the other. */
export function exchangesOf(people: readonly Person[], productIds: readonly number[]): () => Uint8Array {
  return inTurn(people, ({ token }, at) => {
    const body = { product_id: productIds[at % productIds.length], quantity: 1 }
    return httpRequest('POST', '/api/exchange/submit', { token, body })
  })
}

/** Makes the requests that read `path`, one person after the other. */
export function reads({ people }: Pick<Scene, 'people'>, path: string): () => Uint8Array {
  return inTurn(people, ({ token }) => httpRequest('GET', path, { token }))
}

/** Makes requests of several kinds in turn: the catalogue, draws, exchanges of the one product, and user info. */
export function mixed(scene: Pick<Scene, 'people' | 'productId'>): () => Uint8Array {
  const kinds = [reads(scene, catalogue), draws(scene), exchanges(scene), reads(scene, '/api/user/info')]
  let turn = 0
  return () => (kinds[turn++ % kinds.length] as () => Uint8Array)()
}

function knownLogins({ people }: Scene): () => Uint8Array {
  return inTurn(people, ({ phone }) => httpRequest('POST', '/api/auth/login', { body: loginBody(phone) }))
}

let nextPhone = 50_000_000

/** Makes the sign-ins of phones that nobody has used, on any side. */
export function newLogins(): () => Uint8Array {
  return () => httpRequest('POST', '/api/auth/login', { body: loginBody(phoneOf(nextPhone++)) })
}

/** Compares throughput with batches and with batches of one. */
async function againstOne(
  scene: Scene,
  scenario: string,
  connections: number,
  next: () => Uint8Array,
): Promise<Result> {
  const { service, ofOne, seconds } = scene
  const samples = await alternate(scene.rounds, {
    batches: () => load({ program: service, connections, seconds, next }),
    ofOne: () => load({ program: ofOne, connections, seconds, next }),
  })
  const ratio = ratioOf(samples.batches, samples.ofOne, 'rate')
  return {
    scenario: `${scenario} against batches of one`,
    connections,
    batches: medianSample(samples.batches),
    batches_of_one: medianSample(samples.ofOne),
    ...judged(ratio, '>=', 6),
  }
}

/** Bun compiles what is hot for that long. */
const warm_s = 15

/** Measures what dialects cost a draw: the same draws, with dialects on and off. */
async function dialects(scene: Scene): Promise<Result> {
  const { service, plain, seconds, rounds } = scene
  const next = draws(scene)
  // What ran before has warmed the one, and not the other.
  for (const program of [plain, service]) await load({ program, connections: 64, seconds: warm_s, next })
  const samples = await alternate(rounds, {
    dialects: () => load({ program: service, connections: 64, seconds, next }),
    plain: () => load({ program: plain, connections: 64, seconds, next }),
  })
  const ratio = (figure: keyof Sample) => ratioOf(samples.dialects, samples.plain, figure)
  return {
    scenario: 'draws with dialects against draws without',
    connections: 64,
    dialects: medianSample(samples.dialects),
    plain: medianSample(samples.plain),
    cpu_ratio: rounded(ratio('cpu_us')),
    ...judged(ratio('rate'), '>=', 0.95),
  }
}

/** Measures the time to answer under load. */
async function latency(scene: Scene, scenario: string, connections: number, next: () => Uint8Array): Promise<Result> {
  const { service, seconds, rounds } = scene
  const once = () => load({ program: service, connections, seconds, next })
  const sample = medianSample((await alternate(rounds, { once })).once)
  return { scenario, connections, ...sample, p99_target: '< 60 ms', met: sample.p99_ms < 60 && sample.refused === 0 }
}

/** Measures how long a lone caller waits for a draw. Rounds are many and short, as other processes disturb only some. */
async function singleCaller(scene: Scene): Promise<Result> {
  const { service, ofOne } = scene
  const next = draws(scene)
  const [rounds, seconds] = [scene.rounds * 8, scene.seconds / 8]
  const samples = await alternate(rounds, {
    batches: () => load({ program: service, connections: 1, seconds, next }),
    ofOne: () => load({ program: ofOne, connections: 1, seconds, next }),
  })
  const slower = ratioOf(samples.batches, samples.ofOne, 'p50_ms')
  return {
    scenario: 'a single caller’s draw against batches of one',
    connections: 1,
    batches: medianSample(samples.batches),
    batches_of_one: medianSample(samples.ofOne),
    ...judged(slower, '<=', 1.1),
  }
}

/** Compares an authenticated read from memory with a bare route. Each connection is another person's. */
async function cachedRead(scene: Scene): Promise<Result> {
  const { service, bare, seconds } = scene
  const next = reads({ people: scene.people.slice(0, 64) }, catalogue)
  const samples = await alternate(scene.rounds, {
    service: () => load({ program: service, connections: 64, seconds, next }),
    bare: () => load({ program: bare, connections: 64, seconds, next }),
  })
  const ratio = ratioOf(samples.service, samples.bare, 'rate')
  return {
    scenario: 'the catalogue against a bare route',
    connections: 64,
    service: medianSample(samples.service),
    bare: medianSample(samples.bare),
    ...judged(ratio, '>=', 0.8),
  }
}

/** Measures reads that ask the database, each by an index. */
async function ownReads(scene: Scene): Promise<Result[]> {
  const paths = ['/api/lottery/config', '/api/user/info', '/api/user/points/records', '/api/exchange/orders']
  const results: Result[] = []
  for (const path of paths) results.push(await latency(scene, `GET ${path}`, 64, reads(scene, path)))
  return results
}

function inTurn(people: readonly Person[], requestOf: (person: Person, at: number) => Uint8Array): () => Uint8Array {
  const requests = people.map(requestOf)
  let next = 0
  return () => requests[next++ % requests.length] as Uint8Array
}

/** How many requests were refused in any part of a result. A load that is refused measures something else. */
export function refusedIn(result: Result): number {
  const parts = [result, ...Object.values(result)].filter((part): part is Sample => isSample(part))
  return parts.reduce((sum, { refused }) => sum + refused, 0)
}

function isSample(part: unknown): part is Sample {
  return typeof part === 'object' && part !== null && 'refused' in part
}

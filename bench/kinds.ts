import { load } from './http-load.ts'
import { makePeople, type Person } from './people.ts'
import { databasePidIn, resident_mib } from './process.ts'
import { alternate, medianSample, ratioOf, rounded, type Sample } from './sample.ts'
import { catalogue, draws, exchanges, exchangesOf, mixed, newLogins, reads, refusedIn } from './scenarios.ts'
import type { Program, Stage } from './stage.ts'
import { uploadRequests } from './upload-requests.ts'

/** A service on a database server of its own, which is compared with another one. */
export interface Side {
  stage: Stage
  service: Program
  /** The product that everybody exchanges. */
  productId: number
  /** Products that exchanges are spread over. */
  productIds: readonly number[]
  people: readonly Person[]
  /** Starts the service anew, on the same database. */
  renew(): Promise<void>
}

export interface Work {
  connections: number
  next(side: Side): (() => Uint8Array) | Promise<() => Uint8Array>
  /** The shortest round, for work with few answers a second. */
  leastSeconds?: number
}

/** Kinds of work, by the names that they have on the command line. */
export const kinds: Record<string, Work[]> = {
  draws: [64, 256].map((connections) => ({ connections, next: draws })),
  hot: [{ connections: 64, next: exchanges }],
  spread: [{ connections: 64, next: ({ people, productIds }) => exchangesOf(people, productIds) }],
  records: [{ connections: 64, next: (side) => reads(side, '/api/user/points/records') }],
  info: [{ connections: 64, next: (side) => reads(side, '/api/user/info') }],
  config: [{ connections: 64, next: (side) => reads(side, '/api/lottery/config') }],
  catalogue: [{ connections: 64, next: (side) => reads(side, catalogue) }],
  logins: [{ connections: 64, next: () => newLogins() }],
  mixed: [{ connections: 64, next: mixed }],
  single: [{ connections: 1, next: draws }],
  uploads: [{ connections: 32, next: uploadRequests, leastSeconds: 8 }],
}

const plenty = 100_000_000
const spreadOver = 64
/** Photos are taken in and not read, and nobody reaches the limit of a day. */
const ownSettings = { OCR: 'off', DAILY_UPLOAD_LIMIT: '10000' }

export interface Rounds {
  rounds: number
  seconds: number
  /** For how many seconds each side works before. Bun compiles what is hot for that long. */
  warm: number
}

/**
 * Opens a side: a product that everybody exchanges, many others, and people with plenty of points.
 * @param prepare is called before the service starts
 */
export async function openSide(
  stage: Stage,
  { people, settings = {} }: { people: number; settings?: Record<string, string> },
  prepare?: (productId: number) => Promise<void>,
): Promise<Side> {
  const productId = await stage.addProduct(1, plenty)
  const productIds = await Promise.all(Array.from({ length: spreadOver }, () => stage.addProduct(1, plenty)))
  await prepare?.(productId)
  const start = async () => {
    const service = await stage.startService({ ...ownSettings, ...settings })
    // The stage of an older checkout doesn't say it.
    service.databasePid ??= databasePidIn(stage.dir)
    return service
  }
  const service = await start()
  const renew = async () => {
    await side.service.stop()
    side.service = await start()
  }
  const side = { stage, service, productId, productIds, people: await makePeople(stage, service.url, people), renew }
  return side
}

/**
 * Loads two sides in alternating rounds. The ratios are the first one’s figures to the second one’s; the memory is that
 * of each service after the last round. The program will exit with 1 when a request was refused.
 */
export async function compare(work: Work, sides: Record<string, Side>, how: Rounds) {
  const { connections } = work
  const round_s = Math.max(how.seconds, work.leastSeconds ?? 0)
  const loads = await Promise.all(
    Object.entries(sides).map(async ([name, side]) => {
      const next = await work.next(side)
      const run = (seconds: number) => load({ program: side.service, connections, seconds, next })
      return { name, run, program: side.service }
    }),
  )
  for (const { run } of loads) await run(how.warm)
  const contenders = loads.map(({ name, run }) => [name, () => run(round_s)] as const)
  const samples = await alternate(how.rounds, Object.fromEntries(contenders))
  const [ours = [], theirs = []] = Object.values(samples)
  const ratio = (figure: keyof Sample) => rounded(ratioOf(ours, theirs, figure))
  const medians = Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, medianSample(of)]))
  if (refusedIn(medians) > 0) process.exitCode = 1
  return {
    connections,
    ...medians,
    resident_mib: Object.fromEntries(loads.map(({ name, program }) => [name, resident_mib(program.pid)])),
    ratios: {
      rate: ratio('rate'),
      p50: ratio('p50_ms'),
      p99: ratio('p99_ms'),
      cpu: ratio('cpu_us'),
      database: ratio('database_us'),
      others: ratio('others_us'),
    },
  }
}

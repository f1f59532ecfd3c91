import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../contract/refusals.ts'
import { siteOf } from './address.ts'
import type { AppEnv } from './env.ts'

/** Limits how often somebody uses something. When limits are off, it lets everything pass. */
export interface RateLimit {
  /** @throws {Refusal} 9006 with `retry_after` in seconds. */
  take(who: string | number): Promise<Use>
  /**
   * Checks that a use is left, without taking it.
   * @throws {Refusal} 9006 with `retry_after` in seconds.
   */
  check(who: string | number): Promise<void>
}

/** A use that was taken. */
export interface Use {
  /** How many uses remain after it. */
  left: number
  /** Returns a use that had no effect. */
  giveBack(): Promise<void>
}

const unlimited: Use = { left: Number.POSITIVE_INFINITY, giveBack: async () => {} }

/** The Redis in which replicas count together. While it is away, each replica counts alone. */
export interface SharedCounts {
  readonly isReady: boolean
  /** Sends one Redis command. */
  send(command: string, args: string[]): Promise<unknown>
  /** Stands for whoever is counted. */
  digest(who: string): string
}

/** Allows each user or address so many `uses` in each `window_s`, counted on this replica or, with `shared`, on all. */
export function createRateLimit(
  name: string,
  uses: number,
  window_s: number,
  enabled: boolean,
  shared?: SharedCounts,
): RateLimit {
  if (!enabled) return { take: async () => unlimited, check: async () => {} }
  const alone = new RateLimiterMemory({ keyPrefix: name, points: uses, duration: window_s })
  const limiter = shared ? sharedLimiter(name, uses, window_s, shared, alone) : alone
  const giveBack = async (who: string | number) => {
    const { consumedPoints } = await limiter.reward(who)
    // An attacker with ever new addresses must not fill the memory with empty counts.
    if (consumedPoints <= 0) await limiter.delete(who)
  }
  const consume = async (who: string | number, count: 0 | 1) => {
    try {
      return await limiter.consume(who, count)
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      // The library also counts what it refuses.
      if (count > 0) await giveBack(who)
      throw exhausted(error, window_s)
    }
  }
  return {
    async take(who) {
      const { remainingPoints } = await consume(who, 1)
      return { left: remainingPoints, giveBack: () => giveBack(who) }
    },
    async check(who) {
      const used = await consume(who, 0)
      if (used.consumedPoints >= uses) throw exhausted(used, window_s)
    },
  }
}

/** Takes several uses, one after the other: all of them, or none. */
export async function takeAll(takes: readonly (() => Promise<Use>)[]): Promise<Use> {
  const taken: Use[] = []
  const giveBack = async () => void (await Promise.all(taken.map((use) => use.giveBack())))
  try {
    for (const take of takes) taken.push(await take())
  } catch (error) {
    await giveBack()
    throw error
  }
  return { left: Math.min(...taken.map(({ left }) => left)), giveBack }
}

/** Several limits as one limit. */
export function allOf(...limits: readonly RateLimit[]): RateLimit {
  return {
    take: (who) => takeAll(limits.map((limit) => () => limit.take(who))),
    async check(who) {
      for (const limit of limits) await limit.check(who)
    },
  }
}

/** Limits a network, and more widely all networks of its site. */
export function withSite(network: RateLimit, site: RateLimit): RateLimit {
  const ofSite: RateLimit = {
    take: (who) => site.take(siteOf(String(who))),
    check: (who) => site.check(siteOf(String(who))),
  }
  return allOf(ofSite, network)
}

/** Runs the library's own script over the relay's Redis connection. */
function sharedLimiter(
  name: string,
  uses: number,
  window_s: number,
  shared: SharedCounts,
  insuranceLimiter: RateLimiterMemory,
): RateLimiterRedis {
  const keyPrefix = `restaurant-points:limit:${name}`
  const keyOf = (key: string) => `${keyPrefix}:${shared.digest(key)}`
  const storeClient = {
    get isReady() {
      return shared.isReady
    },
    del: (key: string) => shared.send('DEL', [keyOf(key)]),
    eval: (script: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
      shared.send('EVAL', [script, String(keys.length), ...keys.map(keyOf), ...args]),
  }
  return new RateLimiterRedis({
    storeClient,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix,
    points: uses,
    duration: window_s,
    insuranceLimiter,
  })
}

/** `msBeforeNext` follows the wall clock. After a clock was set back it is too long, so it is capped at the window. */
function exhausted({ msBeforeNext }: RateLimiterRes, window_s: number): Refusal {
  const left_s = Math.ceil(msBeforeNext / 1000)
  return new Refusal(9006, { retry_after: Math.min(Math.max(1, left_s), window_s) })
}

/** Limits all requests of one network address. */
export function limitAddresses(limit: RateLimit): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await limit.take(c.get('network'))
    return next()
  }
}

/** Limits the authenticated caller's requests to this route. */
export function limitCaller(limit: RateLimit): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await limit.take(c.get('caller').userId)
    return next()
  }
}

/** Limits all writes of the authenticated caller. */
export function limitWrites(limit: RateLimit): MiddlewareHandler<AppEnv> {
  const limited = limitCaller(limit)
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limited(c, next))
}

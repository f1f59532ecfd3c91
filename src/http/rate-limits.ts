import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../contract/refusals.ts'
import { addressOf } from './address.ts'
import type { AppEnv } from './env.ts'

/** Limits how often somebody uses something. When limits are off, it lets everything pass. */
export interface RateLimit {
  /** @throws {Refusal} 9006 with `retry_after` in seconds. */
  take(who: string | number): Promise<void>
  /**
   * Checks that a use is left, without taking it.
   * @throws {Refusal} 9006 with `retry_after` in seconds.
   */
  check(who: string | number): Promise<void>
  /** Returns a use that had no effect. */
  giveBack(who: string | number): Promise<void>
}

/** The Redis in which replicas count together. While it is away, each replica counts alone. */
export interface SharedCounts {
  readonly isReady: boolean
  /** Sends one Redis command. */
  send(command: string, args: string[]): Promise<unknown>
}

/** Allows each user or address `points` uses in each `window_s`, counted on this replica or, with `shared`, on all. */
export function createRateLimit(
  name: string,
  points: number,
  window_s: number,
  enabled: boolean,
  shared?: SharedCounts,
): RateLimit {
  if (!enabled) return { take: async () => {}, check: async () => {}, giveBack: async () => {} }
  const alone = new RateLimiterMemory({ keyPrefix: name, points, duration: window_s })
  const limiter = shared ? sharedLimiter(name, points, window_s, shared, alone) : alone
  return {
    async take(who) {
      await consumed(limiter, who, 1, window_s)
    },
    async check(who) {
      const used = await consumed(limiter, who, 0, window_s)
      if (used.consumedPoints >= points) throw exhausted(used, window_s)
    },
    async giveBack(who) {
      await limiter.reward(who)
    },
  }
}

/** Runs the library's own script over the relay's Redis connection. */
function sharedLimiter(
  name: string,
  points: number,
  window_s: number,
  shared: SharedCounts,
  insuranceLimiter: RateLimiterMemory,
): RateLimiterRedis {
  const storeClient = {
    get isReady() {
      return shared.isReady
    },
    eval: (script: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
      shared.send('EVAL', [script, String(keys.length), ...keys, ...args]),
  }
  return new RateLimiterRedis({
    storeClient,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: `restaurant-points:limit:${name}`,
    points,
    duration: window_s,
    insuranceLimiter,
  })
}

async function consumed(
  limiter: RateLimiterMemory | RateLimiterRedis,
  who: string | number,
  points: number,
  window_s: number,
) {
  try {
    return await limiter.consume(who, points)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    throw exhausted(error, window_s)
  }
}

/** `msBeforeNext` follows the wall clock. After a clock was set back it is too long, so it is capped at the window. */
function exhausted({ msBeforeNext }: RateLimiterRes, window_s: number): Refusal {
  const left_s = Math.ceil(msBeforeNext / 1000)
  return new Refusal(9006, { retry_after: Math.min(Math.max(1, left_s), window_s) })
}

/** Limits all requests of one network address. */
export function limitAddresses(limit: RateLimit, trustedProxies: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await limit.take(addressOf(c, trustedProxies))
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

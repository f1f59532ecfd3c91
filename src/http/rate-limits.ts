import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../contract/refusals.ts'
import { addressOf } from './address.ts'
import type { AppEnv } from './env.ts'

/** Counts uses of something by somebody; without limits it lets everything pass. */
export interface RateLimit {
  /** @throws {Refusal} 9006 with `retry_after` in seconds. */
  take(who: string | number): Promise<void>
  /**
   * Looks whether a use is left, without taking it.
   * @throws {Refusal} 9006 with `retry_after` in seconds.
   */
  check(who: string | number): Promise<void>
  /** Takes a use back that came to nothing. */
  giveBack(who: string | number): Promise<void>
}

/** Where replicas count together; while it is away, each counts for itself. */
export interface SharedCounts {
  readonly isReady: boolean
  /** Sends one command of Redis. */
  send(command: string, args: string[]): Promise<unknown>
}

/** `points` uses in each `window_s`, by whoever is named, on this replica or on all that share their counts. */
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

/** The library's own script, run through the client that the relay keeps up. */
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

/** A window's end is a time of day: a clock that was set back would put it off, though the window ends as it should. */
function exhausted({ msBeforeNext }: RateLimiterRes, window_s: number): Refusal {
  const left_s = Math.ceil(msBeforeNext / 1000)
  return new Refusal(9006, { retry_after: Math.min(Math.max(1, left_s), window_s) })
}

/** One limit for everything a network address sends. */
export function limitAddresses(limit: RateLimit, trustedProxies: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await limit.take(addressOf(c, trustedProxies))
    return next()
  }
}

/** One limit for what the authenticated caller sends here. */
export function limitCaller(limit: RateLimit): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await limit.take(c.get('caller').userId)
    return next()
  }
}

/** One limit for all that the authenticated caller changes. */
export function limitWrites(limit: RateLimit): MiddlewareHandler<AppEnv> {
  const limited = limitCaller(limit)
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limited(c, next))
}

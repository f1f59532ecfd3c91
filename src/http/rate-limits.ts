import type { Context, MiddlewareHandler } from 'hono'
import { getConnInfo } from 'hono/bun'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../contract/refusals.ts'
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
}

/** `points` uses in each `window_s`, by whoever is named. */
export function createRateLimit(name: string, points: number, window_s: number, enabled: boolean): RateLimit {
  if (!enabled) return { take: async () => {}, check: async () => {} }
  const limiter = new RateLimiterMemory({ keyPrefix: name, points, duration: window_s })
  return {
    async take(who) {
      try {
        await limiter.consume(who)
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        throw exhausted(error)
      }
    },
    async check(who) {
      const used = await limiter.get(who)
      if (used && used.consumedPoints >= points) throw exhausted(used)
    },
  }
}

function exhausted({ msBeforeNext }: RateLimiterRes): Refusal {
  return new Refusal(9006, { retry_after: Math.max(1, Math.ceil(msBeforeNext / 1000)) })
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
    await limit.take(c.var.caller.userId)
    return next()
  }
}

/** The client's address: the connection's, or the entry that the outermost trusted proxy wrote. */
function addressOf(c: Context<AppEnv>, trustedProxies: number): string {
  if (trustedProxies > 0) {
    const forwarded = (c.req.header('X-Forwarded-For') ?? '').split(',').map((entry) => entry.trim())
    const entry = forwarded.at(-trustedProxies) ?? forwarded[0]
    if (entry) return entry
  }
  return c.env.server ? (getConnInfo(c).remote.address ?? '') : ''
}

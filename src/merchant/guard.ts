import type { MiddlewareHandler } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import { type Authority, bearerOf } from '../http/authenticate.ts'
import type { AppEnv } from '../http/env.ts'

/**
 * Lets only merchants through. If the cached caller is not a merchant, the database is asked, so that a grant works at
 * once.
 * @throws {Refusal} 2005 for everybody else.
 */
export function requireMerchant(authority: Authority): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!c.get('caller').isMerchant) c.set('caller', await authority.callerNow(bearerOf(c) ?? ''))
    if (!c.get('caller').isMerchant) throw new Refusal(2005)
    return next()
  }
}

import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import type { AppEnv, Caller } from './env.ts'

/** Turns a token into its caller, perhaps from a cache. */
export interface Authority {
  callerOf(token: string): Promise<Caller>
}

/**
 * Lets only callers with a live access token through, as `c.get('caller')`.
 * @throws {Refusal} 2001 without a token, 2002 with a bad one, 2004 for an account that isn't active.
 */
export function authenticate(authority: Authority): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('caller', await authority.callerOf(requireBearer(c)))
    return next()
  }
}

/**
 * The token of `Authorization: Bearer …` (RFC 6750). Without that header, the token that the client's dialect found.
 */
export function bearerOf(c: Context<AppEnv>): string | undefined {
  const header = c.req.header('Authorization')
  if (header === undefined) return c.get('dialect')?.token
  return /^bearer /i.test(header) ? header.slice(7).trim() || undefined : undefined
}

function requireBearer(c: Context<AppEnv>): string {
  const token = bearerOf(c)
  if (token === undefined) throw new Refusal(2001)
  return token
}

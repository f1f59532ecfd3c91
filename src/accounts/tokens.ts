import { createHmac } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { rowId } from '../contract/wire.ts'

/** The claims of a verified access token. */
export interface AccessClaims {
  user_id: number
  session_id: string
  /** Expiry, in seconds since the epoch. */
  exp: number
}

export interface RefreshClaims {
  user_id: number
  session_id: string
  /** The session's generation that issued the token. */
  generation: number
}

export interface TokenPair {
  access_token: string
  refresh_token: string
  /** Life of the access token, in seconds. */
  expires_in: number
}

/** Signs and verifies the service's JWTs (RFC 7519, HS256). */
export interface Tokens {
  /** Issues the tokens of a session's generation. The same arguments always give the same pair. */
  issue(session: { session_id: string; user_id: number; generation: number; rotated_at: Date }): TokenPair
  /** @throws {Refusal} 2002 for anything but a valid access token of this service. */
  verifyAccess(token: string): Promise<AccessClaims>
  /** @throws {Refusal} 2002 for anything but a valid refresh token of this service. */
  verifyRefresh(token: string): Promise<RefreshClaims>
  /** The session of a valid token of either kind; undefined for anything else. */
  sessionOf(token: string): Promise<string | undefined>
}

export interface TokenOptions {
  secret: string
  /** Tokens that it signed are still valid, for rotation. */
  previousSecret?: string | undefined
  now: () => Date
}

const accessLife_s = 7_200
export const refreshLife_s = 30 * 86_400

const issuer = 'restaurant-points'
const audience = 'restaurant-points-client'
const clockTolerance_s = 5
const longestToken = 2_048
/** As wide as the column, with room for the next one. */
const mostGenerations = 2_147_483_646
/** The end of the year 9999. */
const latestExpiry_s = 253_402_300_799

/** The form of our claims. Another program that signs with the same secret may send anything. */
const claimsShape = z.object({
  typ: z.enum(['access', 'refresh']),
  user_id: rowId,
  sid: z.string().regex(/^[A-Z0-9]{1,32}$/),
  gen: z.int().min(1).max(mostGenerations),
  exp: z.int().max(latestExpiry_s),
})

export function createTokens({ secret, previousSecret, now }: TokenOptions): Tokens {
  const encode = (text: string) => new TextEncoder().encode(text)
  const signingKey = encode(secret)
  const keys = previousSecret ? [signingKey, encode(previousSecret)] : [signingKey]

  const sign = (typ: 'access' | 'refresh', claims: object, issuedAt: number, life_s: number) =>
    signed({ ...claims, typ, iss: issuer, aud: audience, iat: issuedAt, exp: issuedAt + life_s }, signingKey)

  const claimsOf = async (token: string) => {
    if (token.length > longestToken) throw new Refusal(2002)
    return claimsShape.safeParse(await verifiedBy(keys, token, now())).data
  }
  const verify = async (token: string, typ: 'access' | 'refresh') => {
    const claims = await claimsOf(token)
    if (claims?.typ !== typ) throw new Refusal(2002)
    return { user_id: claims.user_id, session_id: claims.sid, exp: claims.exp, generation: claims.gen }
  }

  return {
    issue({ session_id, user_id, generation, rotated_at }) {
      const issuedAt = Math.floor(rotated_at.getTime() / 1000)
      const claims = { user_id, sid: session_id, gen: generation }
      const access_token = sign('access', claims, issuedAt, accessLife_s)
      const refresh_token = sign('refresh', claims, issuedAt, refreshLife_s)
      return { access_token, refresh_token, expires_in: accessLife_s }
    },
    async verifyAccess(token) {
      const { user_id, session_id, exp } = await verify(token, 'access')
      return { user_id, session_id, exp }
    },
    async verifyRefresh(token) {
      const { user_id, session_id, generation } = await verify(token, 'refresh')
      return { user_id, session_id, generation }
    },
    sessionOf: (token) =>
      claimsOf(token).then(
        (claims) => claims?.sid,
        () => undefined,
      ),
  }
}

const header = base64Url({ alg: 'HS256', typ: 'JWT' })

/**
 * The token of these claims, in the compact form of RFC 7515, 3.1. The library signs by Web Crypto, on another thread:
 * for a sign-in's two tokens that was a quarter of the CPU time.
 */
function signed(claims: object, key: Uint8Array): string {
  const text = `${header}.${base64Url(claims)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

function base64Url(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

async function verifiedBy(keys: Uint8Array[], token: string, now: Date): Promise<Record<string, unknown>> {
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        issuer,
        audience,
        typ: 'JWT',
        requiredClaims: ['exp', 'iat', 'sid', 'user_id', 'typ', 'gen'],
        clockTolerance: clockTolerance_s,
        currentDate: now,
      })
      return payload
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw new Refusal(2002, null, { cause: error })
    }
  }
  throw new Refusal(2002)
}

import { eq } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { Caller } from '../http/env.ts'
import { usersTable } from '../users/schema.ts'
import { sessionsTable } from './schema.ts'
import type { AccessClaims, Tokens } from './tokens.ts'

/** Turns access tokens into callers, and remembers for a short while which ones it has verified. */
export interface Access {
  /** @throws {Refusal} 2002 for a bad token or an ended session, 2004 for an account that isn't active. */
  callerOf(token: string): Promise<Caller>
  /** The caller as the database has it now. */
  callerNow(token: string): Promise<Caller>
  /** Forgets what is known of a session. */
  forget(sessionId: string): void
}

interface Known {
  claims: AccessClaims
  standing: Promise<Standing | undefined>
  checkedAt: number
}

interface Standing {
  status: 'active' | 'inactive' | 'banned'
  is_merchant: boolean
  revoked: boolean
}

/** How long a session's standing is believed: bans and revocations elsewhere take effect within it. */
const believed_ms = 15_000
const mostKnown = 20_000

export function createAccess(database: Database, tokens: Tokens, now: () => Date): Access {
  const known = new Map<string, Known>()

  const lookUp = async (token: string): Promise<Known> => {
    const entry = known.get(token)
    const age = entry ? now().getTime() - entry.checkedAt : Number.POSITIVE_INFINITY
    if (entry && age < believed_ms && isLive(entry.claims)) return entry
    return check(token)
  }
  const isLive = ({ exp }: AccessClaims) => exp * 1000 > now().getTime()
  const check = async (token: string): Promise<Known> => {
    const verified = known.get(token)?.claims
    const claims = verified && isLive(verified) ? verified : await tokens.verifyAccess(token)
    const fresh = { claims, standing: standingOf(database, claims), checkedAt: now().getTime() }
    fresh.standing.catch(() => known.delete(token))
    known.delete(token)
    known.set(token, fresh)
    if (known.size > mostKnown) known.delete(known.keys().next().value ?? token)
    return fresh
  }
  const admit = async ({ claims, standing }: Known): Promise<Caller> => {
    const found = await standing
    if (!found || found.revoked) throw new Refusal(2002)
    if (found.status !== 'active') throw new Refusal(2004)
    return { userId: claims.user_id, sessionId: claims.session_id, isMerchant: found.is_merchant, exp: claims.exp }
  }
  const callerNow = async (token: string) => admit(await check(token))

  return {
    async callerOf(token) {
      const entry = await lookUp(token)
      try {
        return await admit(entry)
      } catch (error) {
        // What made it refuse may have been lifted since it was looked up.
        if (error instanceof Refusal && entry.checkedAt < now().getTime()) return callerNow(token)
        throw error
      }
    },
    callerNow,
    forget(sessionId) {
      for (const [token, { claims }] of known) if (claims.session_id === sessionId) known.delete(token)
    },
  }
}

async function standingOf({ orm }: Database, claims: AccessClaims): Promise<Standing | undefined> {
  const [row] = await orm
    .select({
      status: usersTable.status,
      is_merchant: usersTable.is_merchant,
      revoked_at: sessionsTable.revoked_at,
      user_id: sessionsTable.user_id,
    })
    .from(sessionsTable)
    .innerJoin(usersTable, eq(usersTable.user_id, sessionsTable.user_id))
    .where(eq(sessionsTable.session_id, claims.session_id))
  if (row?.user_id !== claims.user_id) return undefined
  return { status: row.status, is_merchant: row.is_merchant, revoked: row.revoked_at !== null }
}

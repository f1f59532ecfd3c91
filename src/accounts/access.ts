import { and, eq, inArray, isNull } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { sharedRead } from '../db/shared-read.ts'
import type { Caller } from '../http/env.ts'
import type { Time } from '../lib/time.ts'
import { usersTable } from '../users/schema.ts'
import { sessionsTable } from './schema.ts'
import type { AccessClaims, Tokens } from './tokens.ts'

/** Turns access tokens into callers, and caches the verified ones for a short while. */
export interface Access {
  /** @throws {Refusal} 2002 for a bad token or an ended session, 2004 for an account that isn't active. */
  callerOf(token: string): Promise<Caller>
  /** Reads which of these sessions are live, and whether their users are merchants now. Ended sessions are left out. */
  standings(sessionIds: readonly string[]): Promise<Map<string, { isMerchant: boolean }>>
  /** Drops a session's tokens from the cache. */
  forget(sessionId: string): void
}

interface Known {
  claims: AccessClaims
  caller: Promise<Caller>
  checkedAt: number
}

interface Standing {
  session_id: string
  user_id: number
  status: 'active' | 'inactive' | 'banned'
  /** 1 or 0. */
  is_merchant: number
  revoked_at: Date | null
}

/** How long a cached session is valid. Bans and revocations on other replicas take effect within this time. */
const believed_ms = 25_000
const mostKnown = 20_000
const sessionsAQuery = 500

export function createAccess(database: Database, tokens: Tokens, { now, elapsed_ms }: Time): Access {
  const known = new Map<string, Known>()

  const isLive = ({ exp }: AccessClaims) => exp * 1000 > now().getTime()
  const isBelieved = ({ claims, checkedAt }: Known) => elapsed_ms() - checkedAt < believed_ms && isLive(claims)
  const callerNow = async (token: string): Promise<Caller> => {
    const verified = known.get(token)?.claims
    const claims = verified && isLive(verified) ? verified : await tokens.verifyAccess(token)
    const fresh = {
      claims,
      caller: readStanding(database, claims.session_id).then((standing) => callerBy(claims, standing)),
      checkedAt: elapsed_ms(),
    }
    // A refusal is not cached: its cause may be lifted at any time.
    fresh.caller.catch(() => known.delete(token))
    known.delete(token)
    known.set(token, fresh)
    if (known.size > mostKnown) known.delete(known.keys().next().value ?? token)
    return fresh.caller
  }

  return {
    callerOf(token) {
      const entry = known.get(token)
      return entry && isBelieved(entry) ? entry.caller : callerNow(token)
    },
    standings: (sessionIds) => readLiveStandings(database, sessionIds),
    forget(sessionId) {
      for (const [token, { claims }] of known) if (claims.session_id === sessionId) known.delete(token)
    },
  }
}

/** Every caller's session is read again every `believed_ms`. */
const readStanding = sharedRead(async (database, sessionIds: readonly string[]) => {
  const sql = `SELECT session_id, users.user_id, users.status, users.is_merchant, revoked_at
     FROM sessions JOIN users ON users.user_id = sessions.user_id WHERE session_id IN (?)`
  const found = new Map<string, Standing>()
  for (const row of await database.query<Standing>(sql, [[...new Set(sessionIds)]])) found.set(row.session_id, row)
  return sessionIds.map((sessionId) => found.get(sessionId))
}, sessionsAQuery)

function callerBy(claims: AccessClaims, standing: Standing | undefined): Caller {
  if (standing?.user_id !== claims.user_id || standing.revoked_at !== null) throw new Refusal(2002)
  if (standing.status !== 'active') throw new Refusal(2004)
  return {
    userId: claims.user_id,
    sessionId: claims.session_id,
    isMerchant: standing.is_merchant === 1,
    exp: claims.exp,
  }
}

async function readLiveStandings(
  { orm }: Database,
  ids: readonly string[],
): Promise<Map<string, { isMerchant: boolean }>> {
  const found = new Map<string, { isMerchant: boolean }>()
  for (let at = 0; at < ids.length; at += sessionsAQuery) {
    const rows = await orm
      .select({ session_id: sessionsTable.session_id, is_merchant: usersTable.is_merchant })
      .from(sessionsTable)
      .innerJoin(usersTable, eq(usersTable.user_id, sessionsTable.user_id))
      .where(
        and(
          inArray(sessionsTable.session_id, ids.slice(at, at + sessionsAQuery)),
          isNull(sessionsTable.revoked_at),
          eq(usersTable.status, 'active'),
        ),
      )
    for (const row of rows) found.set(row.session_id, { isMerchant: row.is_merchant })
  }
  return found
}

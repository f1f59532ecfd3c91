import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type Session, sessionsTable } from './schema.ts'

const mostListed = 100

/** A user's live sessions, the last used first. */
export async function readLiveSessions({ orm }: Database, userId: number, now: Date): Promise<Session[]> {
  const { user_id, revoked_at, expires_at, rotated_at } = sessionsTable
  return orm
    .select()
    .from(sessionsTable)
    .where(and(eq(user_id, userId), isNull(revoked_at), gt(expires_at, now)))
    .orderBy(desc(rotated_at))
    .limit(mostListed)
}

/** True when the session is, or was, this user's. */
export async function hasSession({ orm }: Database, userId: number, sessionId: string): Promise<boolean> {
  const { user_id, session_id } = sessionsTable
  const found = await orm
    .select({ session_id })
    .from(sessionsTable)
    .where(and(eq(session_id, sessionId), eq(user_id, userId)))
  return found.length > 0
}

import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { sharedRead } from '../db/shared-read.ts'
import { usersTable } from '../users/schema.ts'
import { type Session, type SmsCode, sessionsTable, smsCodesTable } from './schema.ts'

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

/** True when the session is of the account with this phone, and was not ended. */
export async function holdsSession({ orm }: Database, sessionId: string, phone: string): Promise<boolean> {
  const { session_id, user_id, revoked_at } = sessionsTable
  const found = await orm
    .select({ session_id })
    .from(sessionsTable)
    .innerJoin(usersTable, eq(usersTable.user_id, user_id))
    .where(and(eq(session_id, sessionId), eq(usersTable.mobile, phone), isNull(revoked_at)))
  return found.length > 0
}

const mostDevices = 256

/** True when one of these hashes is that of a session, ended or not. */
export const isKnownDevice = sharedRead(async (database, devices: readonly (readonly string[])[]) => {
  const sql = 'SELECT DISTINCT device_hash FROM sessions WHERE device_hash IN (?)'
  const known = new Set(
    (await database.query<{ device_hash: string }>(sql, [devices.flat()])).map((row) => row.device_hash),
  )
  return devices.map((hashes) => hashes.some((hash) => known.has(hash)))
}, mostDevices)

/** The last code that was sent to a phone. */
export async function readSmsCode({ orm }: Database, phone: string): Promise<SmsCode | undefined> {
  const [code] = await orm.select().from(smsCodesTable).where(eq(smsCodesTable.phone, phone))
  return code
}

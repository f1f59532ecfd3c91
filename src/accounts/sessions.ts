import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { type Session, sessions } from './schema.ts'
import { type RefreshClaims, refreshLife_s } from './tokens.ts'

/** How long after its use a refresh token answers once more, for a reply that was lost. */
const graceAfterUse_ms = 10_000
const longestSession_ms = 180 * 86_400_000

export type RotateOutcome =
  | { outcome: 'rotated'; session: Pick<Session, 'session_id' | 'user_id' | 'generation' | 'rotated_at'> }
  | { outcome: 'reused' }

/**
 * A refresh token is used: the session moves to its next generation. A used one answers with the same successor once,
 * within 10 s; later it was stolen, and the session ends (RFC 9700, 4.14.2).
 */
export const rotate: Operation<RefreshClaims, RotateOutcome> = {
  name: 'rotate_session',
  owner: ({ user_id }) => user_id,
  needs: ({ user_id, session_id }) => [rows(users, user_id), rows(sessions, session_id)],
  decide(unit, { user_id, session_id, generation }) {
    const session = unit.find(sessions, [session_id])
    if (!session || session.user_id !== user_id || session.revoked_at) throw new Refusal(2002)
    if (session.expires_at <= unit.now) throw new Refusal(2002)
    if (unit.find(users, [user_id])?.status !== 'active') throw new Refusal(2004)
    if (generation === session.generation) return { outcome: 'rotated', session: advance(unit, session) }
    if (isLostReply(session, generation, unit.now)) {
      unit.update(sessions, session, { repeated: true })
      return { outcome: 'rotated', session: { ...session } }
    }
    unit.update(sessions, session, { revoked_at: unit.now })
    return { outcome: 'reused' }
  },
}

/** The session ends: its refresh token is dead at once. */
export const revoke: Operation<{ userId: number; sessionId: string }, Record<string, never>> = {
  name: 'revoke_session',
  owner: ({ userId }) => userId,
  needs: ({ sessionId }) => [rows(sessions, sessionId)],
  decide(unit, { userId, sessionId }) {
    const session = unit.find(sessions, [sessionId])
    if (session?.user_id === userId && !session.revoked_at) unit.update(sessions, session, { revoked_at: unit.now })
    return {}
  },
}

function advance(unit: UnitOfWork, session: Readonly<Session>) {
  unit.update(sessions, session, {
    generation: session.generation + 1,
    rotated_at: unit.now,
    repeated: false,
    expires_at: new Date(Math.min(unit.now.getTime() + refreshLife_s * 1000, endOf(session))),
  })
  return { ...session }
}

/** However often it is refreshed, a session ends half a year after it began. */
function endOf({ created_at }: Readonly<Session>): number {
  return created_at.getTime() + longestSession_ms
}

function isLostReply(session: Readonly<Session>, generation: number, now: Date): boolean {
  const sinceUse_ms = now.getTime() - session.rotated_at.getTime()
  return generation === session.generation - 1 && !session.repeated && sinceUse_ms <= graceAfterUse_ms
}

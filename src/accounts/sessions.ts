import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { type Session, sessionRefreshes, sessions } from './schema.ts'
import { type RefreshClaims, refreshLife_s } from './tokens.ts'

/** How long after its first use a refresh token may be used again, in case the first answer was lost. */
const repeatable_ms = 60_000
const longestSession_ms = 180 * 86_400_000

export type Rotation = RefreshClaims & { userAgentHash: string }

export type RotateOutcome =
  | { outcome: 'rotated'; session: Pick<Session, 'session_id' | 'user_id' | 'generation' | 'rotated_at'> }
  | { outcome: 'reused' }

/**
 * Uses a refresh token: the session moves to its next generation. For 60 s after the first use, the same client gets
 * the same new token again, even if that one was used in the meantime. Any other reuse counts as theft, and the session
 * ends (RFC 9700, 4.14.2).
 */
export const rotate: Operation<Rotation, RotateOutcome> = {
  name: 'rotate_session',
  laneKey: ({ user_id }) => user_id,
  needs: ({ user_id, session_id, generation }) => [
    rows(users, user_id),
    rows(sessions, session_id),
    { mapping: sessionRefreshes, keys: [[session_id, generation]] },
  ],
  decide(unit, rotation) {
    const { user_id, session_id, generation } = rotation
    const session = unit.find(sessions, [session_id])
    if (!session || session.user_id !== user_id || session.revoked_at) throw new Refusal(2002)
    if (session.expires_at <= unit.now) throw new Refusal(2002)
    if (unit.find(users, [user_id])?.status !== 'active') throw new Refusal(2004)
    if (generation === session.generation) return { outcome: 'rotated', session: advance(unit, session, rotation) }
    const usedAt = repeatableUse(unit, session, rotation)
    if (usedAt) return { outcome: 'rotated', session: { ...session, generation: generation + 1, rotated_at: usedAt } }
    unit.update(sessions, session, { revoked_at: unit.now })
    return { outcome: 'reused' }
  },
}

/** Ends sessions of a user. Their refresh tokens stop working at once. Answers how many of them were live. */
export const revoke: Operation<{ userId: number; sessionIds: readonly string[] }, { ended: number }> = {
  name: 'revoke_sessions',
  laneKey: ({ userId }) => userId,
  needs: ({ sessionIds }) => [rows(sessions, ...sessionIds)],
  decide(unit, { userId, sessionIds }) {
    const live = sessionIds
      .map((sessionId) => unit.find(sessions, [sessionId]))
      .filter((session) => session?.user_id === userId && !session.revoked_at && session.expires_at > unit.now)
    for (const session of live) if (session) unit.update(sessions, session, { revoked_at: unit.now })
    return { ended: live.length }
  },
}

function advance(unit: UnitOfWork, session: Readonly<Session>, { generation, userAgentHash }: Rotation) {
  unit.append(sessionRefreshes, {
    session_id: session.session_id,
    generation,
    used_at: unit.now,
    user_agent_hash: userAgentHash,
  })
  unit.update(sessions, session, {
    generation: generation + 1,
    rotated_at: unit.now,
    repeated: false,
    expires_at: new Date(Math.min(unit.now.getTime() + refreshLife_s * 1000, endOf(session))),
  })
  return { ...session }
}

/** A session ends half a year after it began, however often it is refreshed. */
function endOf({ created_at }: Readonly<Session>): number {
  return created_at.getTime() + longestSession_ms
}

/** When the token was first used, if this use may repeat it; else undefined. */
function repeatableUse(unit: UnitOfWork, session: Readonly<Session>, rotation: Rotation): Date | undefined {
  const { session_id, generation, userAgentHash } = rotation
  const use = unit.find(sessionRefreshes, [session_id, generation])
  if (use && use.user_agent_hash !== userAgentHash) return undefined
  // Earlier versions of the program record no uses. Then the session tells when its last token was used.
  const usedAt = use?.used_at ?? (generation === session.generation - 1 ? session.rotated_at : undefined)
  return usedAt && unit.now.getTime() - usedAt.getTime() <= repeatable_ms ? usedAt : undefined
}

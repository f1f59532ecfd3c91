import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import type { Accounts } from './accounts.ts'
import { readLiveSessions } from './queries.ts'
import { endedAnswer, sessionIdParam, sessionsAnswer } from './wire.ts'

/** `/api/user/sessions`: the caller's signed-in devices. */
export function sessionRoutes({
  accounts,
  database,
  now,
}: {
  accounts: Accounts
  database: Database
  now: () => Date
}) {
  return new Hono<AppEnv>()
    .get(
      '/',
      describe({ summary: 'The caller’s signed-in devices, the last used first', answer: sessionsAnswer }),
      async (c) => {
        const { userId, sessionId } = c.get('caller')
        const sessions = await readLiveSessions(database, userId, now())
        return ok(c, {
          sessions: sessions.map(({ session_id, device, created_at, rotated_at }) => ({
            id: session_id,
            device,
            created_at: created_at.toISOString(),
            last_used_at: rotated_at.toISOString(),
            current: session_id === sessionId,
          })),
        })
      },
    )
    .delete('/others', describe({ summary: 'Sign out all other devices', answer: endedAnswer }), async (c) =>
      ok(c, { ended: await accounts.endOthers(c.get('caller')) }),
    )
    .delete(
      '/:id',
      describe({
        summary: 'Sign out a device; 0 when it was signed out before',
        answer: endedAnswer,
        refusals: [2003],
      }),
      validate('param', sessionIdParam),
      async (c) => ok(c, { ended: await accounts.endSession(c.get('caller'), c.req.valid('param').id) }),
    )
}

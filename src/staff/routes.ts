import { type Context, Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import { pageQuery } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { type AppEnv, absoluteLinks, linkIn } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { once } from '../http/idempotency.ts'
import { validate } from '../http/validate.ts'
import type { Calendar } from '../lib/calendar.ts'
import type { Till } from '../till/till.ts'
import { personView } from '../users/user-info.ts'
import { actorOf } from './actor.ts'
import { type GiftRules, readBudgets } from './given.ts'
import { callersRole, forStaff } from './guard.ts'
import { readAudit, readStaff } from './queries.ts'
import { rightsOf } from './roles.ts'
import { grantRole, type RoleChanged, setRole } from './set-role.ts'
import { auditAnswer, auditQuery, grantBody, meAnswer, memberParam, roleAnswer, staffAnswer } from './wire.ts'

export interface StaffDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  rules: { gifts: GiftRules }
}

/** Who the staff are, and what they did. */
export function staffRoutes({ database, till, calendar, now, rules }: StaffDeps) {
  return new Hono<AppEnv>()
    .get('/me', forStaff([], { summary: 'The caller’s role and what it may do', answer: meAnswer }), async (c) => {
      const role = callersRole(c)
      const { userId: user_id } = c.get('caller')
      const budgets = await readBudgets(database, calendar.dayOf(now()), user_id, rules.gifts.budgets)
      return ok(c, { user_id, role, permissions: rightsOf(role), budgets })
    })
    .get(
      '/staff',
      forStaff(['staff'], { summary: 'Everyone with a role', answer: staffAnswer }),
      validate('query', pageQuery),
      async (c) => {
        const { staff, pagination } = await readStaff(database, c.req.valid('query'))
        const shown = staff.map(({ user, role, row, grantedBy }) => ({
          ...personView(user, absoluteLinks(c)),
          role,
          status: user.status,
          granted_by: grantedBy ? { user_id: grantedBy.user_id, nickname: grantedBy.nickname } : null,
          granted_at: row?.granted_at.toISOString() ?? null,
        }))
        return ok(c, { staff: shown, pagination })
      },
    )
    .post(
      '/staff',
      forStaff(['staff'], {
        summary: 'Give someone a role, or another one',
        answer: roleAnswer,
        refusals: [6015],
        idempotent: true,
      }),
      validate('json', grantBody),
      async (c) => {
        const body = c.req.valid('json')
        const grant = { ...body, actor: actorOf(c) }
        return once(c, body, (key) => grantRole({ database, till }, grant, key), roleView(c))
      },
    )
    .delete(
      '/staff/:user_id',
      forStaff(['staff'], {
        summary: 'Take someone’s role away; it ends at once',
        answer: roleAnswer,
        refusals: [2003, 6015],
        idempotent: true,
      }),
      validate('param', memberParam, 2003),
      async (c) => {
        const change = { who: { userId: c.req.valid('param').user_id }, role: null, actor: actorOf(c) }
        return once(c, {}, (key) => till.run(setRole, change, key), roleView(c))
      },
    )
    .get(
      '/audit',
      forStaff(['audit'], { summary: 'What the staff and the commands did, newest first', answer: auditAnswer }),
      validate('query', auditQuery),
      async (c) => ok(c, await readAudit(database, calendar, c.req.valid('query'))),
    )
}

function roleView(c: Context<AppEnv>) {
  return ({ user, role }: RoleChanged) => ({ ...linkIn(c, 'avatar')(user), role })
}

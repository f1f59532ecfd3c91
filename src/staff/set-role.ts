import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { lockOrder } from '../lock-order.ts'
import { amongOthers, newAccount, register } from '../points/register.ts'
import type { IdempotencyKey, Operation, TillAnswer } from '../till/operation.ts'
import { derivedMapping, rows } from '../till/table-mapping.ts'
import type { Till } from '../till/till.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { findUserByMobile } from '../users/queries.ts'
import { type User, users } from '../users/schema.ts'
import { type PersonInfo, personView } from '../users/user-info.ts'
import type { Actor } from './actor.ts'
import { audit } from './audit.ts'
import type { Role } from './roles.ts'
import { staff } from './schema.ts'
import { byStaff, readStandings, roleOf } from './standing.ts'

export interface RoleChange {
  /** By the phone alone where it has no account yet: one is made. */
  who: { userId: number } | { mobile: string }
  /** Null: no role any more. */
  role: Role | null
  actor: Actor
}

export interface RoleChanged {
  /** Their avatar's link is still as it is stored. */
  user: PersonInfo
  was: Role | null
  role: Role | null
}

/** Everyone who owns the restaurant and can sign in; locked, so that two owners can't remove each other. */
const owners = derivedMapping<{ id: number; user_ids: readonly number[] }, 'user_ids'>({
  name: 'owners',
  rank: lockOrder.owners,
  updates: ['user_ids'],
  keyOf: ({ id }) => [id],
  async load(tx) {
    const sql = `SELECT user_id FROM staff WHERE role = 'owner' AND revoked_at IS NULL ORDER BY user_id FOR UPDATE`
    const ids = (await tx.query<{ user_id: number }>(sql)).map(({ user_id }) => user_id)
    const standings = ids.length > 0 ? await readStandings(tx, ids) : []
    const able = standings.filter(({ role, status }) => role === 'owner' && status === 'active')
    return [{ id: 1, user_ids: able.map(({ user_id }) => user_id) }]
  },
})

/** Someone gets a role, another one, or none any more. The last owner stays one. */
export const setRole: Operation<RoleChange, RoleChanged, Push> = byStaff('staff', {
  name: 'set_role',
  laneKey: () => 'staff',
  needs: ({ who }) => [
    ...('userId' in who ? [rows(users, who.userId), rows(staff, who.userId)] : [newAccount(who.mobile)]),
    rows(owners, 1),
  ],
  decide(unit, { who, role, actor }) {
    const user = 'userId' in who ? unit.find(users, [who.userId]) : register(unit)
    if (!user) throw new Refusal(2003)
    const row = 'userId' in who ? unit.find(staff, [who.userId]) : undefined
    const was = roleOf(user.is_merchant, row)
    const { user_id } = user
    const answer = { user: personView(user, (link) => link), was, role }
    if (role === was) return answer
    keepAnOwner(unit, user, { was, role })
    unit.update(users, user, { is_merchant: role !== null, updated_at: unit.now })
    if (role !== null) {
      const granted = { role, granted_by: actor.userId, granted_at: unit.now, revoked_at: null }
      if (row) unit.update(staff, row, granted)
      else unit.append(staff, { user_id, ...granted })
    } else if (row) unit.update(staff, row, { revoked_at: unit.now })
    const action = role === null ? 'staff.revoke' : 'staff.grant'
    audit(unit, actor, { action, target: `user:${user_id}`, before: { role: was }, after: { role } })
    return answer
  },
})

/** @throws {Refusal} 6015 */
function keepAnOwner(
  unit: UnitOfWork<Push>,
  { user_id, status }: Readonly<User>,
  { was, role }: Pick<RoleChanged, 'was' | 'role'>,
): void {
  const row = unit.get(owners, [1])
  const others = row.user_ids.filter((id) => id !== user_id)
  if (was === 'owner' && others.length === 0) throw new Refusal(6015)
  const user_ids = role === 'owner' && status === 'active' ? [...others, user_id] : others
  unit.update(owners, row, { user_ids })
}

/** Gives whoever has this phone a role. An account is made where there is none. */
export function grantRole(
  { database, till }: { database: Database; till: Till<Push> },
  { mobile, role, actor }: { mobile: string; role: Role; actor: Actor },
  idempotency?: IdempotencyKey,
): Promise<TillAnswer<RoleChanged>> {
  return amongOthers(async () => {
    const user = await findUserByMobile(database, mobile)
    const who = user ? { userId: user.user_id } : { mobile }
    return till.run(setRole, { who, role, actor }, idempotency)
  })
}

import { Refusal } from '../contract/refusals.ts'
import { lockOrder } from '../lock-order.ts'
import type { Operation } from '../till/operation.ts'
import { derivedMapping, type Finder, rows } from '../till/table-mapping.ts'
import type { User } from '../users/schema.ts'
import type { Actor } from './actor.ts'
import { may, type Right, type Role } from './roles.ts'
import type { StaffRow } from './schema.ts'

/** What someone is to the restaurant. */
export interface Standing {
  user_id: number
  status: User['status']
  role: Role | null
}

/**
 * The role of an account. A program of an earlier version knows merchants alone: whom it makes one is a manager, and who is
 * none to it has no role.
 */
export function roleOf(
  isMerchant: boolean,
  row: Pick<StaffRow, 'role' | 'revoked_at'> | null | undefined,
): Role | null {
  if (!isMerchant) return null
  return row && row.revoked_at === null ? row.role : 'manager'
}

interface Asked {
  query<Row>(sql: string, params?: unknown[]): Promise<Row[]>
}

interface StandingRow {
  user_id: number
  status: User['status']
  is_merchant: number
  role: Role | null
  revoked_at: Date | null
}

const standingColumns = `SELECT u.user_id, u.status, u.is_merchant, s.role, s.revoked_at
  FROM users u LEFT JOIN staff s ON s.user_id = u.user_id`

const standingOf = ({ user_id, status, is_merchant, role, revoked_at }: StandingRow): Standing => ({
  user_id,
  status,
  role: roleOf(is_merchant !== 0, role === null ? null : { role, revoked_at }),
})

/** What these people are to the restaurant now. */
export async function readStandings(database: Asked, userIds: readonly number[]): Promise<Standing[]> {
  const found = await database.query<StandingRow>(`${standingColumns} WHERE u.user_id IN (?)`, [userIds])
  return found.map(standingOf)
}

/**
 * Who has a role, and an account that isn't stopped.
 * @throws {Refusal} 2004, 2005
 */
export function requireRole(standing: Standing | undefined): Role {
  if (!standing?.role) throw new Refusal(2005)
  if (standing.status !== 'active') throw new Refusal(2004)
  return standing.role
}

/**
 * One of these rights is enough, and none is asked of a route that is everyone's on the staff.
 * @throws {Refusal} 2007 with the first of them
 */
export function requireRight(role: Role, wanted: readonly Right[]): void {
  const [required] = wanted
  if (required !== undefined && !wanted.some((right) => may(role, right))) throw new Refusal(2007, { required })
}

/** Read when every lock of the batch is held: a role that was taken away while the batch waited is seen. */
const standings = derivedMapping({
  name: 'standings',
  rank: lockOrder.standings,
  updates: [],
  keyOf: ({ user_id }: Standing) => [user_id],
  load: (tx, keys) =>
    readStandings(
      tx,
      keys.map(([userId]) => Number(userId)),
    ),
})

/** Everyone who may approve what somebody else asked for, and can sign in. */
export const approvers = derivedMapping<{ id: number; people: readonly Standing[] }, never>({
  name: 'approvers',
  rank: lockOrder.approvers,
  updates: [],
  keyOf: ({ id }) => [id],
  async load(tx) {
    const found = await tx.query<StandingRow>(`${standingColumns} WHERE u.is_merchant = 1`)
    const people = found.map(standingOf)
    const able = people.filter(({ role, status }) => role !== null && status === 'active' && may(role, 'approvals'))
    return [{ id: 1, people: able }]
  },
})

/** The role that someone has in the very transaction of an operation `byStaff`. */
export function roleIn(unit: Finder, { userId }: Actor): Role | 'system' {
  return userId === null ? 'system' : requireRole(unit.find(standings, [userId]))
}

/**
 * An operation for those who have a right in the very transaction that it is part of. The command line has every right.
 * @throws {Refusal} from `decide`: 2004, 2005, 2007
 */
export function byStaff<Input extends { actor: Actor }, Answer, Announcement>(
  right: Right,
  operation: Operation<Input, Answer, Announcement>,
): Operation<Input, Answer, Announcement> {
  return {
    ...operation,
    needs(input) {
      const { userId } = input.actor
      return userId === null ? operation.needs(input) : [...operation.needs(input), rows(standings, userId)]
    },
    decide(unit, input) {
      const { userId } = input.actor
      if (userId !== null) requireRight(requireRole(unit.find(standings, [userId])), [right])
      return operation.decide(unit, input)
    },
  }
}

import { and, asc, desc, eq, gt, gte, inArray, lt, type SQL } from 'drizzle-orm'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import type { Calendar } from '../lib/calendar.ts'
import { type Person, readPeople } from '../users/queries.ts'
import { type User, usersTable } from '../users/schema.ts'
import type { Role } from './roles.ts'
import { auditLogTable, type StaffRow, staffTable } from './schema.ts'
import { roleOf } from './standing.ts'
import type { AuditQuery, AuditRecord } from './wire.ts'

/** One of the staff: their account, and the row of their role where this version gave it. */
interface Employee {
  user: User
  role: Role
  row: StaffRow | undefined
  grantedBy: Person | undefined
}

/** A page of the people with a role, the oldest account first. */
export async function readStaff(database: Database, page: { page: number; limit: number }) {
  const where = eq(usersTable.is_merchant, true)
  const { rows: people, total } = await pageOf(database, usersTable, {
    ...page,
    where,
    order: [asc(usersTable.user_id)],
  })
  const found = await staffRowsOf(
    database,
    people.map(({ user_id }) => user_id),
  )
  const granters = await readPeople(
    database,
    [...found.values()].map(({ granted_by }) => granted_by),
  )
  const staff = people.flatMap((user): Employee[] => {
    const row = found.get(user.user_id)
    const role = roleOf(true, row)
    const grantedBy = granters.get(row?.granted_by ?? 0)
    return role === null ? [] : [{ user, role, row: row?.revoked_at === null ? row : undefined, grantedBy }]
  })
  return { staff, pagination: paginationOf(page, total) }
}

async function staffRowsOf({ orm }: Database, userIds: readonly number[]): Promise<Map<number, StaffRow>> {
  if (userIds.length === 0) return new Map()
  const found = await orm
    .select()
    .from(staffTable)
    .where(inArray(staffTable.user_id, [...userIds]))
  return new Map(found.map((row) => [row.user_id, row]))
}

/** Whether anyone owns the restaurant who can sign in. */
export async function hasOwner({ orm }: Database): Promise<boolean> {
  const found = await orm
    .select({ role: staffTable.role, revoked_at: staffTable.revoked_at, is_merchant: usersTable.is_merchant })
    .from(staffTable)
    .innerJoin(usersTable, eq(usersTable.user_id, staffTable.user_id))
    .where(and(eq(staffTable.role, 'owner'), eq(usersTable.status, 'active')))
  return found.some(({ is_merchant, ...row }) => roleOf(is_merchant, row) === 'owner')
}

/** A page of what the staff and the commands did, newest first; with `before_id`, of what is older than that row. */
export async function readAudit(
  database: Database,
  calendar: Calendar,
  query: AuditQuery & { before_id?: number | undefined },
): Promise<{ records: AuditRecord[]; pagination: ReturnType<typeof paginationOf> }> {
  const table = auditLogTable
  const conditions: SQL[] = []
  if (query.from) conditions.push(gte(table.created_at, calendar.startOf(query.from)))
  if (query.to) conditions.push(lt(table.created_at, calendar.startOf(calendar.plusDays(query.to, 1))))
  if (query.actor_id) conditions.push(eq(table.actor_id, query.actor_id))
  if (query.before_id) conditions.push(lt(table.audit_id, query.before_id))
  if (query.action) conditions.push(eq(table.action, query.action))
  if (query.target) conditions.push(eq(table.target, query.target))
  // Without a condition the database may read and sort the whole table for one page.
  if (conditions.length === 0) conditions.push(gt(table.audit_id, 0))
  const order = [desc(table.audit_id)]
  const { rows, total } = await pageOf(database, table, { ...query, where: and(...conditions), order })
  const actors = await readPeople(
    database,
    rows.map(({ actor_id }) => actor_id),
  )
  const records = rows.map(({ actor_id, state_before, state_after, details, salt: _salt, created_at, ...row }) => {
    const actor = actors.get(actor_id ?? 0)
    return {
      ...row,
      actor: actor ? { user_id: actor.user_id, nickname: actor.nickname } : null,
      before: state_before === null ? null : JSON.parse(state_before),
      after: state_after === null ? null : JSON.parse(state_after),
      details: JSON.parse(details),
      created_at: created_at.toISOString(),
    }
  })
  return { records, pagination: paginationOf(query, total) }
}

import type { Operation } from '../till/operation.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { Actor } from './actor.ts'
import { auditLog } from './schema.ts'

/** What was done to what. */
export interface Deed {
  action: string
  target: string
  /** What was changed, as it was and as it became; left out where nothing was there, or only looked at. */
  before?: object
  after?: object
  details?: object
}

/** Leaves the row that says who did it, in the same atom as the deed. */
export function audit(unit: UnitOfWork, actor: Actor, { action, target, before, after, details = {} }: Deed): void {
  unit.append(auditLog, {
    actor_id: actor.userId,
    system_user: actor.userId === null ? actor.systemUser : null,
    address_id: actor.userId === null ? null : actor.addressId,
    action,
    target,
    state_before: before ? JSON.stringify(before) : null,
    state_after: after ? JSON.stringify(after) : null,
    details: JSON.stringify(details),
    created_at: unit.now,
  })
}

/** The columns of a row that a patch changes, before and after. */
export function difference<Row extends object>(row: Readonly<Row>, patch: Partial<Row>) {
  const changed = (Object.keys(patch) as (keyof Row)[]).filter((column) => patch[column] !== row[column])
  const of = (from: Partial<Row>) => Object.fromEntries(changed.map((column) => [column, from[column]]))
  return { before: of(row), after: of(patch) }
}

/** Writes down what changes no row of the till: a look-up, or work on the image store. */
export const recordDeed: Operation<{ actor: Actor; deed: Deed }, object> = {
  name: 'record_deed',
  laneKey: ({ actor }) => actor.userId ?? 'commands',
  needs: () => [],
  decide(unit, { actor, deed }) {
    audit(unit, actor, deed)
    return {}
  },
}

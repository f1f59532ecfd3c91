import type { UnitOfWork } from '../till/unit-of-work.ts'
import { auditLog } from './schema.ts'

/** What was done, by whom (null: the command line), to what. */
export interface Deed {
  actorId: number | null
  action: string
  target: string
  details: object
}

/** Leaves the row that says who did it, in the same atom as the deed. */
export function audit(unit: UnitOfWork, { actorId, action, target, details }: Deed): void {
  unit.append(auditLog, {
    actor_id: actorId,
    action,
    target,
    details: JSON.stringify(details),
    created_at: unit.now,
  })
}

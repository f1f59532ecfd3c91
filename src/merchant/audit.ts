import type { UnitOfWork } from '../till/unit-of-work.ts'
import { auditLog } from './schema.ts'

/** What was done to what, and by whom. `actorId` is null for the command line. */
export interface AuditEntry {
  actorId: number | null
  action: string
  target: string
  details: object
}

/** Adds a row to the audit log, in the same transaction as the change. */
export function audit(unit: UnitOfWork, { actorId, action, target, details }: AuditEntry): void {
  unit.append(auditLog, {
    actor_id: actorId,
    action,
    target,
    details: JSON.stringify(details),
    created_at: unit.now,
  })
}

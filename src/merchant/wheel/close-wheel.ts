import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { onlyWheel, wheelRow } from '../../lottery/schema.ts'
import { committedWheel } from '../../lottery/wheel-mapping.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import type { ClosedAnswer } from './wire.ts'

export interface Closing {
  closed: boolean
  reason: string
  actor: StaffActor
}

/** Closes the wheel for everyone at once, or opens it again. A draw that has begun ends first. */
export const closeWheel: Operation<Closing, ClosedAnswer, Push> = byStaff('wheel', {
  name: 'close_wheel',
  laneKey: () => 'wheel',
  needs: () => [rows(wheelRow, onlyWheel), rows(committedWheel, onlyWheel)],
  decide(unit, { closed, reason, actor }) {
    const row = unit.find(wheelRow, [onlyWheel])
    const held = unit.find(committedWheel, [onlyWheel])
    if (!row || !held) throw new Refusal(3001)
    const before = viewOf(row.closed_at)
    if (before.closed === closed) return before
    const closed_at = closed ? unit.now : null
    unit.update(wheelRow, row, { closed_at, updated_at: unit.now })
    unit.update(committedWheel, held, { wheel: { ...held.wheel, is_closed: closed } })
    const after = viewOf(closed_at)
    const action = closed ? 'wheel.close' : 'wheel.open'
    audit(unit, actor, { action, target: `wheel:${onlyWheel}`, before, after, details: { reason } })
    return after
  },
})

function viewOf(closedAt: Date | null): ClosedAnswer {
  return { closed: closedAt !== null, closed_at: closedAt?.toISOString() ?? null }
}

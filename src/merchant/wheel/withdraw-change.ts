import type { Push } from '../../contract/messages.ts'
import { announcedIn, nothingAnnounced } from '../../lottery/announced-wheel.ts'
import { wheelNeeds } from '../../lottery/change-wheel.ts'
import { onlyWheel, wheelRow } from '../../lottery/schema.ts'
import { wheelInForce } from '../../lottery/wheel-in-force.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { nextView, wheelState } from './views.ts'
import type { WheelAnswer } from './wire.ts'

/** Takes back the change that is announced, so that the wheel stays as it is. */
export const withdrawChange: Operation<{ actor: StaffActor }, WheelAnswer, Push> = byStaff('wheel', {
  name: 'withdraw_wheel_change',
  laneKey: () => 'wheel',
  needs: wheelNeeds,
  decide(unit, { actor }) {
    const { wheel } = wheelInForce(unit)
    const row = unit.get(wheelRow, [onlyWheel])
    const next = announcedIn(row)
    if (!next) return wheelState(wheel, row)
    unit.update(wheelRow, row, { ...nothingAnnounced, updated_at: unit.now })
    audit(unit, actor, { action: 'wheel.withdraw', target: `wheel:${onlyWheel}`, before: nextView(next, wheel) })
    return wheelState(wheel, row)
  },
})

import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { WheelLimits } from './announced-wheel.ts'
import type { Prize } from './prizes.ts'
import { lotteryPrizes, onlyWheel, wheelRow } from './schema.ts'
import { recordVersion } from './versions.ts'

export type SeedPrize = Pick<
  Prize,
  'prize_id' | 'prize_name' | 'prize_type' | 'prize_value' | 'angle' | 'color' | 'probability' | 'is_activity'
>

export interface FirstWheel {
  prizes: readonly SeedPrize[]
  pityPrizeId: number
  costPoints: number
  limits: WheelLimits
  actor: Actor
}

/** Creates the wheel of an empty database. Does nothing when there is a wheel already. */
export const installWheel: Operation<FirstWheel, { installed: boolean }> = {
  name: 'install_wheel',
  laneKey: () => 'wheel',
  needs: () => [rows(wheelRow, onlyWheel)],
  decide(unit, { prizes, pityPrizeId, costPoints, limits, actor }) {
    if (unit.find(wheelRow, [onlyWheel])) return { installed: false }
    const { now } = unit
    const version = { version: 1, pity_prize_id: pityPrizeId }
    unit.append(wheelRow, { wheel_id: onlyWheel, ...version, updated_at: now })
    for (const prize of prizes) {
      unit.append(lotteryPrizes, {
        ...prize,
        cost_points: costPoints,
        stock_remaining: null,
        status: 'active',
        created_at: now,
        updated_at: now,
      })
    }
    const after = { ...version, cost_points: costPoints, prizes }
    const made = { made_by: null, made_role: 'system' as const, made_at: now }
    recordVersion(unit, { ...after, ...made, effective_from: now }, limits)
    audit(unit, actor, { action: 'wheel.install', target: 'wheel:1', after })
    return { installed: true }
  },
}

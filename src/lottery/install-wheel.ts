import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { Prize } from './prizes.ts'
import { prizeStocks, wheelLock } from './schema.ts'

export type SeedPrize = Pick<
  Prize,
  'prize_id' | 'prize_name' | 'prize_type' | 'prize_value' | 'angle' | 'color' | 'probability' | 'is_activity'
>

export interface WheelInstallation {
  prizes: readonly SeedPrize[]
  pityPrizeId: number
  costPoints: number
}

/** Creates the wheel of a new installation. Does nothing when there is a wheel already. */
export const installWheel: Operation<WheelInstallation, { installed: boolean }> = {
  name: 'install_wheel',
  laneKey: () => 'wheel',
  needs: () => [rows(wheelLock, 1)],
  decide(unit, { prizes, pityPrizeId, costPoints }) {
    if (unit.find(wheelLock, [1])) return { installed: false }
    const { now } = unit
    unit.append(wheelLock, { wheel_id: 1, version: 1, pity_prize_id: pityPrizeId, updated_at: now })
    for (const prize of prizes) {
      unit.append(prizeStocks, {
        ...prize,
        cost_points: costPoints,
        stock_remaining: null,
        status: 'active',
        created_at: now,
        updated_at: now,
      })
    }
    return { installed: true }
  },
}

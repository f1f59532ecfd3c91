import type { z } from 'zod'
import { effectiveOdds } from '../fairness/odds.ts'
import type { AnnouncedWheel, ChangedPrize, WheelLimits } from './announced-wheel.ts'
import { type DrawType, drawTypeRules } from './draw-types.ts'
import { pityView } from './pity.ts'
import { isLimited } from './prizes.ts'
import type { WheelVersion } from './versions.ts'
import { oddsSum, type Wheel } from './wheel.ts'
import type { DatedWheel, wheelsAnswer } from './wire.ts'

/** The wheel as diners see it. */
export function wheelView({ prizes, pity_prize_id }: Wheel, pityLimit: number) {
  const cost_points = prizes[0]?.cost_points ?? 0
  const effective = effectiveOdds({ prizes, pityPrizeId: pity_prize_id, pityLimit })
  return {
    prizes: prizes.map((prize) => ({
      ...sectorView(prize),
      effective_probability: effective.get(prize.prize_id) ?? 0,
      cost_points: prize.cost_points,
      stock_remaining: prize.stock_remaining,
      sold_out: prize.stock_remaining === 0 && isLimited(prize, pity_prize_id),
    })),
    cost_points,
    draw_types: (Object.entries(drawTypeRules) as [DrawType, { count: number }][]).map(([type, { count }]) => ({
      type,
      count,
      cost: cost_points * count,
    })),
  }
}

/** The caller's counters, by the limits in force. */
export function countersView(
  { pityCount, drawsToday }: { pityCount: number; drawsToday: number },
  { dailyLimit, pityLimit }: WheelLimits,
  pityPrizeId: number,
) {
  const user_pity = pityView(pityCount, pityLimit, pityPrizeId)
  return { daily_limit: dailyLimit, draws_today: drawsToday, user_pity }
}

/** What is announced, as everyone sees it. */
export function nextChangeView(next: AnnouncedWheel): DatedWheel {
  const { version, effective_from, made_role, cost_points, pity_prize_id, prizes } = next
  return {
    ...{ version, effective_from: effective_from.toISOString(), changed_by: made_role, cost_points, pity_prize_id },
    prizes: prizes.map(sectorView),
  }
}

/** A version that is or was in force, as everyone sees it. */
export function versionView(row: WheelVersion): z.output<typeof wheelsAnswer>['wheels'][number] {
  const { made_by: _who, made_role, effective_from, created_at, near_miss_width, prizes, ...rules } = row
  return {
    ...rules,
    effective_from: effective_from.toISOString(),
    changed_by: made_role,
    near_miss_width: near_miss_width / oddsSum,
    created_at: created_at.toISOString(),
    prizes: prizes.map(sectorView),
  }
}

function sectorView(prize: Omit<ChangedPrize, 'stock_remaining'>) {
  return {
    prize_id: prize.prize_id,
    prize_name: prize.prize_name,
    prize_type: prize.prize_type,
    prize_value: prize.prize_value,
    angle: prize.angle,
    color: prize.color,
    probability: prize.probability / oddsSum,
    is_activity: prize.is_activity,
  }
}

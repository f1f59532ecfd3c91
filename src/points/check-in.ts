import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { users } from '../users/schema.ts'
import { post } from './post.ts'
import { checkIns } from './schema.ts'
import type { CheckInAnswer } from './wire.ts'

export interface CheckIn {
  userId: number
  /** The business day, and the one before it. */
  day: string
  dayBefore: string
  points: number
}

/** Gives points for a check-in, once a business day. Days in a row make a streak. */
export const checkIn: Operation<CheckIn, CheckInAnswer, Push> = {
  name: 'check_in',
  laneKey: ({ userId }) => userId,
  needs: ({ userId, day, dayBefore }) => [
    rows(users, userId),
    {
      mapping: checkIns,
      keys: [
        [userId, day],
        [userId, dayBefore],
      ],
    },
  ],
  decide(unit, { userId, day, dayBefore, points }) {
    if (unit.find(checkIns, [userId, day])) throw new Refusal(2006)
    const streak_days = (unit.find(checkIns, [userId, dayBefore])?.streak_days ?? 0) + 1
    unit.append(checkIns, { user_id: userId, business_day: day, streak_days, points, created_at: unit.now })
    const total_points = post(unit, unit.get(users, [userId]), {
      points,
      source: 'check_in',
      related_id: `CI_${userId}_${day}`,
      description: `签到奖励（连续 ${streak_days} 天）`,
    })
    return { points_awarded: points, total_points, streak_days }
  },
}

import { z } from 'zod'
import { line, timestamp } from '../contract/wire.ts'
import { pointsStatistics } from '../points/wire.ts'
import { userInfo, userStatus } from '../users/user-info.ts'

const link = line(512).refine((text) => URL.canParse(text) && /^https?:\/\//.test(text), '应为链接')

export const profileBody = z.object({
  nickname: line(50).min(1).optional(),
  avatar: link.optional(),
})

export const avatarAnswer = z.object({ avatar: z.string() })

export const userInfoAnswer = z.object({ user_info: userInfo })

export const userStatisticsAnswer = z.object({
  user_info: userInfo,
  points_statistics: pointsStatistics,
  activity_statistics: z.object({
    today_activities: z.int(),
    total_records: z.int(),
    total_draws: z.int(),
    total_exchanges: z.int(),
    total_uploads: z.int(),
  }),
})

export const userStatusAnswer = z.object({
  user_id: z.int(),
  status: userStatus,
  is_merchant: z.boolean(),
  total_points: z.int(),
  today_activities: z.int(),
  registration_days: z.int(),
  last_login: timestamp.nullable(),
})

import { z } from 'zod'
import { day } from '../../contract/wire.ts'

/** Today, or the last 7 or 30 business days including today. */
export const statisticsQuery = z.object({ period: z.enum(['today', 'week', 'month']).default('today') })
export type Period = z.output<typeof statisticsQuery>['period']

const seriesDay = z.object({
  day,
  uploads: z.int(),
  approved: z.int(),
  rejected: z.int(),
  expired: z.int(),
  points_awarded: z.int(),
  draws: z.int(),
  exchanges: z.int(),
  new_users: z.int(),
})

export const statisticsAnswer = z.object({
  period: z.enum(['today', 'week', 'month']),
  /** Business days, both included. */
  range: z.object({ from: day, to: day }),
  /** Uploads that are pending now. */
  pending: z.int(),
  reviewed: z.object({
    total: z.int(),
    approved: z.int(),
    rejected: z.int(),
    expired: z.int(),
    /** The share of approvals among the uploads that a person reviewed, 0 to 1; null when there were none. */
    approval_rate: z.number().nullable(),
  }),
  points: z.object({
    awarded: z.int(),
    /** Points per approved upload, to two decimals. */
    average: z.number(),
    spent_on_draws: z.int(),
    /** The points of all orders placed, whatever their status is now. */
    spent_on_exchange: z.int(),
  }),
  /** The caller's own reviews. */
  personal: z.object({ total: z.int(), approved: z.int(), rejected: z.int(), points_awarded: z.int() }),
  /** The average time from upload to a person's review, to one decimal; null when there were no reviews. */
  avg_review_minutes: z.number().nullable(),
  draws: z.int(),
  exchanges: z.int(),
  new_users: z.int(),
  series: z.array(seriesDay),
})
/** What a reviewer sees: what waits, and their own work. */
export const ownStatistics = statisticsAnswer.pick({ period: true, range: true, pending: true, personal: true })
export type OwnStatistics = z.output<typeof ownStatistics>
export type StatisticsAnswer = z.output<typeof statisticsAnswer>

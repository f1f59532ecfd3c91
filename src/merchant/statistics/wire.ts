import { z } from 'zod'
import { day } from '../../contract/wire.ts'

/** Today, or the last 7 or 30 business days with today among them. */
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
  /** Uploads waiting now. */
  pending: z.int(),
  reviewed: z.object({
    total: z.int(),
    approved: z.int(),
    rejected: z.int(),
    expired: z.int(),
    /** Approved ones among those that a person decided, 0 to 1; null when there were none. */
    approval_rate: z.number().nullable(),
  }),
  points: z.object({
    awarded: z.int(),
    /** Points an approved upload, to two decimals. */
    average: z.number(),
    spent_on_draws: z.int(),
    /** Of orders placed, whatever became of them. */
    spent_on_exchange: z.int(),
  }),
  /** What the caller reviewed. */
  personal: z.object({ total: z.int(), approved: z.int(), rejected: z.int(), points_awarded: z.int() }),
  /** From upload to a person's decision, to one decimal; null when there was none. */
  avg_review_minutes: z.number().nullable(),
  draws: z.int(),
  exchanges: z.int(),
  new_users: z.int(),
  series: z.array(seriesDay),
})
export type StatisticsAnswer = z.output<typeof statisticsAnswer>

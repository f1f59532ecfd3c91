import { z } from 'zod'
import { day, timestamp } from '../../contract/wire.ts'
import { ledgerSources } from '../../points/schema.ts'

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
  /** As `avg_review_minutes`, of this day. */
  review_minutes: z.number().nullable(),
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

/** The last 7 or 30 business days including today. */
export const figuresQuery = z.object({ period: z.enum(['week', 'month']).default('month') })

/** Points that came to diners, and that they spent. What a cancelled order gave back is not spent. */
const moved = { given: z.int(), spent: z.int() }

const partOfDay = seriesDay.omit({ expired: true }).extend({
  /** Only what happened before this instant is counted. */
  until: timestamp,
  ...moved,
})
export type PartOfDay = z.output<typeof partOfDay>

export const figuresAnswer = z.object({
  period: z.enum(['week', 'month']),
  range: z.object({ from: day, to: day }),
  /** Today until now, and the same day of last week until the same time. */
  today: partOfDay,
  last_week: partOfDay,
  points: z.object({
    /** What all accounts hold together now. */
    outstanding: z.int(),
    ...moved,
    by_source: z.array(z.object({ source: z.enum(ledgerSources), ...moved })),
    /** `outstanding` is that of the day's end. */
    series: z.array(z.object({ day, ...moved, outstanding: z.int() })),
  }),
})
export type FiguresAnswer = z.output<typeof figuresAnswer>

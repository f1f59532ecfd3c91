import { z } from 'zod'
import { pageQuery, pagination, timestamp } from '../contract/wire.ts'
import { ledgerSources } from './schema.ts'

const source = z.enum(ledgerSources)

export const recordsQuery = pageQuery.extend({
  type: z.enum(['earn', 'spend', 'all']).default('all'),
  source: source.optional(),
})
export type RecordsQuery = z.output<typeof recordsQuery>

export const recordsAnswer = z.object({
  records: z.array(
    z.object({
      id: z.int(),
      type: z.enum(['earn', 'spend']),
      points: z.int(),
      description: z.string(),
      source,
      balance_after: z.int(),
      related_id: z.string(),
      created_at: timestamp,
    }),
  ),
  pagination,
})

export const pointsStatistics = z.object({
  current_points: z.int(),
  total_earned: z.int(),
  total_spent: z.int(),
  earn_by_source: z.partialRecord(source, z.int()),
  spend_by_source: z.partialRecord(source, z.int()),
  records_count: z.object({ earn: z.int(), spend: z.int(), total: z.int() }),
})
export type PointsStatistics = z.output<typeof pointsStatistics>

export const checkInAnswer = z.object({ points_awarded: z.int(), total_points: z.int(), streak_days: z.int() })
export type CheckInAnswer = z.output<typeof checkInAnswer>

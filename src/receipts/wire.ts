import { z } from 'zod'
import { yuan } from '../contract/money.ts'
import { pageQuery, pagination, timestamp } from '../contract/wire.ts'
import { reviewStatuses } from './schema.ts'

const status = z.enum(reviewStatuses)

/** Something a reviewer should look at. `upload_id` names the other upload when there is one. */
export const flag = z.object({
  flag: z.enum([
    'same_photo',
    'altered_copy',
    'same_receipt',
    'similar_photo',
    'repeated_number',
    'unread',
    'not_a_receipt',
    'refund',
    'unpaid',
    'several',
    'over_limit',
    'other_merchant',
    'amount_differs',
    'old_receipt',
  ]),
  upload_id: z.string().nullable(),
})
export type Flag = z.output<typeof flag>

export const uploadAnswer = z.object({
  upload_id: z.string(),
  image_url: z.string(),
  input_amount: yuan.nullable(),
  recognized_amount: yuan.nullable(),
  estimated_points: z.int(),
  review_status: z.literal('pending'),
  message: z.string(),
})

const record = uploadAnswer.extend({
  review_status: status,
  points_awarded: z.int(),
  review_reason: z.string().nullable(),
  review_time: timestamp.nullable(),
  created_at: timestamp,
})
export type UploadRecord = z.output<typeof record>

export const historyQuery = pageQuery.extend({ status: status.optional() })

const counts = z.object({
  total: z.int(),
  pending: z.int(),
  approved: z.int(),
  rejected: z.int(),
  expired: z.int(),
})

export const historyAnswer = z.object({ records: z.array(record), pagination, summary: counts })
export const recordAnswer = record
export const uploadIdParam = z.object({ upload_id: z.string().regex(/^UP_[0-9A-Z]{16}$/) })
export const statisticsAnswer = counts.extend({ total_points_awarded: z.int() })

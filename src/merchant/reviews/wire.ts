import { z } from 'zod'
import { amount, yuan } from '../../contract/money.ts'
import { refusals } from '../../contract/refusals.ts'
import { asciiId, day, pageQuery, pagination, prose, timestamp } from '../../contract/wire.ts'
import { witnesses } from '../../receipts/reading/evidence.ts'
import { receiptKinds } from '../../receipts/reading/kind.ts'
import { reviewStatuses } from '../../receipts/schema.ts'
import { flag } from '../../receipts/wire.ts'
import { personInfo } from '../../users/user-info.ts'

const status = z.enum(reviewStatuses)
const uploadId = z.string().regex(/^UP_[0-9A-Z]{16}$/)
const mostReviews = 100

export const reviewBody = z.object({
  upload_id: asciiId,
  action: z.enum(['approve', 'reject']),
  points: z.int().min(0).max(100_000).optional(),
  amount: amount.optional(),
  reason: prose(200).trim().optional(),
})
export type ReviewBody = z.output<typeof reviewBody>

export const reviewAnswer = z.object({
  upload_id: uploadId,
  action: z.enum(['approve', 'reject']),
  points_awarded: z.int(),
  user_new_balance: z.int(),
  review_time: timestamp,
})
export type ReviewAnswer = z.output<typeof reviewAnswer>

export const batchBody = z.object({ reviews: z.array(reviewBody).min(1).max(mostReviews) })

const knownCodes = [0, ...Object.keys(refusals).map(Number)]

export const batchAnswer = z.object({
  results: z.array(
    z.object({
      upload_id: z.string(),
      ok: z.boolean(),
      code: z.literal(knownCodes),
      msg: z.string(),
      points_awarded: z.int(),
      /** Of an approval that waits for another person. */
      approval_id: z.string().optional(),
      approval_status: z.literal('pending').optional(),
    }),
  ),
})
export type BatchAnswer = z.output<typeof batchAnswer>

export const pendingQuery = pageQuery.extend({ status: status.default('pending') })

/** Where something stands on the photo, as parts of its width and height from the top left. */
const photoBox = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

/** What the code of an electronic invoice says. Anyone can print such a code: it proves nothing by itself. */
const invoiceCode = z.object({ number: z.string(), amount: yuan, date: day, note: z.string() })

const readAmount = z.object({
  /** Null when nothing clear was found. It may be above the largest amount of a receipt. */
  amount: yuan.nullable(),
  /** What the photo shows. */
  kind: z.enum(receiptKinds),
  /** What spoke for the amount. */
  witnesses: z.array(z.enum(witnesses)),
  confidence: z.number().min(0).max(1),
  /** Where the amount stands. */
  boxes: z.array(photoBox),
  invoice: invoiceCode.nullable(),
})

const reviewItem = z.object({
  upload_id: uploadId,
  image_url: z.string(),
  /** A small version of the photo, for lists. */
  preview_url: z.string(),
  input_amount: yuan.nullable(),
  recognized_amount: yuan.nullable(),
  estimated_points: z.int(),
  flags: z.array(flag),
  /** What the reader found besides the amount. `paid_at` is the restaurant's local time. */
  receipt: z.object({
    paid_at: z.string().nullable(),
    merchant_name: z.string().nullable(),
    number: z.string().nullable(),
  }),
  /** The reading and what spoke for it; null while the photo is not read. */
  read: readAmount.nullable(),
  user: personInfo,
  review_status: status,
  /** The approval that an award for it waits for; null: none. */
  approval_id: z.string().nullable(),
  created_at: timestamp,
})
export type ReviewItem = z.output<typeof reviewItem>

export const pendingAnswer = z.object({ reviews: z.array(reviewItem), pagination })

/** `from` and `to` are business days, both included. */
export const historyQuery = pageQuery.extend({
  status: status.exclude(['pending']).optional(),
  from: day.optional(),
  to: day.optional(),
})

const decidedItem = reviewItem.extend({
  reviewed_amount: yuan.nullable(),
  points_awarded: z.int(),
  review_reason: z.string().nullable(),
  review_time: timestamp.nullable(),
  /** Null for an expired upload. */
  reviewer: personInfo.pick({ user_id: true, nickname: true }).nullable(),
})

export const historyAnswer = z.object({ reviews: z.array(decidedItem), pagination })

export const uploadParam = z.object({ upload_id: uploadId })
export const uploadAnswer = decidedItem

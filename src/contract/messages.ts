import { z } from 'zod'

const pointsUpdate = z.object({
  user_id: z.int(),
  total_points: z.int(),
  change_points: z.int(),
  reason: z.string(),
  reason_code: z.string(),
  timestamp: z.iso.datetime(),
})

const stockUpdate = z.object({
  product_id: z.int(),
  stock: z.int().min(0),
  product_name: z.string(),
  operation: z.enum(['purchase', 'restock', 'admin_adjust', 'cancel', 'expire']),
  timestamp: z.iso.datetime(),
})

const reviewResult = z.object({
  upload_id: z.string(),
  status: z.enum(['approved', 'rejected', 'expired']),
  points_awarded: z.int(),
  review_reason: z.string().min(1),
  timestamp: z.iso.datetime(),
})

const merchantNotification = z.object({
  event: z.literal('new_review'),
  upload_id: z.string(),
  input_amount: z.string().nullable(),
  timestamp: z.iso.datetime(),
})

/** The data of each push by its type: one definition for the sender, the tests and the documents. */
export const pushes = {
  points_update: pointsUpdate,
  stock_update: stockUpdate,
  review_result: reviewResult,
  merchant_notification: merchantNotification,
} as const

export type PushType = keyof typeof pushes

/** Who hears a push: one user on all devices, the merchants, or everyone. */
export type Audience = { user_id: number } | 'merchants' | 'everyone'

/** Something that happened, said after its commit. */
export type Push = {
  [Type in PushType]: { to: Audience; type: Type; data: z.input<(typeof pushes)[Type]> }
}[PushType]

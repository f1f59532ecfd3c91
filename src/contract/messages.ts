import { z } from 'zod'
import { yuan } from './money.ts'
import { timestamp } from './wire.ts'

const pointsUpdate = z.object({
  user_id: z.int(),
  total_points: z.int(),
  change_points: z.int(),
  /** Chinese; shown to the diner as it is. */
  reason: z.string(),
  /** The ledger's source. */
  reason_code: z.string(),
  timestamp,
})

const stockUpdate = z.object({
  product_id: z.int(),
  stock: z.int().min(0),
  product_name: z.string(),
  operation: z.enum(['purchase', 'restock', 'admin_adjust', 'cancel', 'expire']),
  timestamp,
})

const reviewResult = z.object({
  upload_id: z.string(),
  status: z.enum(['approved', 'rejected', 'expired']),
  points_awarded: z.int().min(0),
  review_reason: z.string().min(1),
  timestamp,
})

const receiptRead = z.object({
  upload_id: z.string(),
  /** Null when the reader found none. */
  recognized_amount: yuan.nullable(),
  estimated_points: z.int().min(0),
  timestamp,
})

const merchantNotification = z.object({
  event: z.literal('new_review'),
  upload_id: z.string(),
  /** Yuan with two places; null when the upload came without an amount. */
  input_amount: z.string().nullable(),
  timestamp,
})

const systemNotification = z.object({
  title: z.string(),
  content: z.string(),
  notification_type: z.enum(['info', 'warning', 'error', 'success']),
  timestamp,
})

/** The data of each push, by type. The sender, the relay, the tests and the documents all use this definition. */
export const pushes = {
  points_update: pointsUpdate,
  stock_update: stockUpdate,
  review_result: reviewResult,
  receipt_read: receiptRead,
  merchant_notification: merchantNotification,
  system_notification: systemNotification,
} as const

/** The data of each reply to a single socket, by type. */
const replies = {
  connected: z.object({
    message: z.string(),
    user_id: z.int(),
    total_points: z.int(),
    server_time: timestamp,
    /** Milliseconds between the server's pings. */
    heartbeat_interval: z.int(),
  }),
  pong: z.object({ server_time: timestamp }),
  error: z.object({ code: z.int(), message: z.string() }),
} as const

/** A frame that a client may send. Its fields stand beside `type` or in `data`. */
export const clientFrame = z.preprocess(
  (frame) => (hasData(frame) ? { ...frame, ...frame.data } : frame),
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('ping') }),
    z.object({ type: z.literal('auth'), token: z.string().min(1) }),
    z.object({ type: z.literal('subscribe_products'), product_ids: z.array(z.int().min(1)).max(200) }),
    z.object({ type: z.literal('unsubscribe_products') }),
  ]),
)

const everything = { ...pushes, ...replies }

/** Every type of message that the server sends. */
export const messageTypes = Object.keys(everything) as (keyof typeof everything)[]

export type PushType = keyof typeof pushes

/** Who receives a push: one user on all devices, the merchants, or everyone. */
export type Audience = { user_id: number } | 'merchants' | 'everyone'

/** Something that happened, sent after its commit. */
export type Push = {
  [Type in PushType]: {
    to: Audience
    type: Type
    data: z.input<(typeof pushes)[Type]>
    /** Its place in the user's or the product's ledger. Replicas put pushes in order by it; clients don't see it. */
    ledger_seq?: number | undefined
  }
}[PushType]

/** Any message that the server sends on a socket. */
export type Message = {
  [Type in keyof typeof everything]: { type: Type; data: z.input<(typeof everything)[Type]> }
}[keyof typeof everything]

/** The frame that carries a message, as JSON text. */
export function frameOf<Type extends keyof typeof everything>(type: Type) {
  return z.object({ type: z.literal(type), data: everything[type], timestamp })
}

function hasData(frame: unknown): frame is { data: object } {
  return typeof frame === 'object' && frame !== null && 'data' in frame && typeof frame.data === 'object'
}

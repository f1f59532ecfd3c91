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

/** The data of each push by its type: one definition for the sender, the tests and the documents. */
export const pushes = { points_update: pointsUpdate, stock_update: stockUpdate } as const

export type PushType = keyof typeof pushes

/** Who hears a push: one user on all devices, or everyone. */
export type Audience = { user_id: number } | 'everyone'

/** Something that happened, said after its commit. */
export type Push = {
  [Type in PushType]: { to: Audience; type: Type; data: z.input<(typeof pushes)[Type]> }
}[PushType]

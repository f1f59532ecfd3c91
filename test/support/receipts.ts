import type { Database } from '../../src/db/client.ts'
import { newId } from '../../src/lib/random.ts'
import { uploadReviewsTable } from '../../src/receipts/schema.ts'

/** Adds a receipt that has waited for a review since `createdAt`. Returns its id. */
export async function waitingReceipt({ orm }: Database, userId: number, createdAt: Date): Promise<string> {
  const upload_id = newId('UP')
  await orm.insert(uploadReviewsTable).values({
    upload_id,
    user_id: userId,
    image_key: `test/${upload_id}`,
    image_sha256: upload_id,
    input_amount_fen: 8_850,
    recognized_amount_fen: 8_850,
    estimated_points: 885,
    flags: '[]',
    review_status: 'pending',
    created_at: createdAt,
  })
  return upload_id
}

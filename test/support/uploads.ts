import { randomCode, randomId } from '../../src/lib/random.ts'
import { type Upload, uploadReviewsTable } from '../../src/receipts/schema.ts'
import type { Person } from './people.ts'
import type { TestService } from './service.ts'

/** An upload that waits for review, without a photo behind it; answers its id. */
export async function newUpload(
  { database, clock }: TestService,
  { userId }: Person,
  fields: Partial<Upload> = {},
): Promise<string> {
  // Lists are by time: of two in the same millisecond either could be first.
  clock.advance(1)
  const upload_id = randomId('UP')
  await database.orm.insert(uploadReviewsTable).values({
    upload_id,
    user_id: userId,
    image_key: randomCode(26),
    image_sha256: randomCode(64),
    input_amount_fen: 8_850,
    estimated_points: 885,
    flags: '[]',
    review_status: 'pending',
    created_at: clock.now(),
    ...fields,
  })
  return upload_id
}

/** A form with a photo, as a phone sends it. */
export function photoForm(image: Uint8Array<ArrayBuffer>, amount?: string, name = 'receipt.jpg'): FormData {
  const form = new FormData()
  form.append('image', new Blob([image], { type: 'image/jpeg' }), name)
  if (amount !== undefined) form.append('amount', amount)
  return form
}

/** Every object of the store, by key. */
export async function storedKeys({ services }: TestService): Promise<string[]> {
  const keys: string[] = []
  for (const folder of ['receipts', 'avatars']) {
    for await (const { key } of services.store.list(folder)) keys.push(key)
  }
  return keys.sort()
}

import { newId, randomCode } from '../../src/lib/random.ts'
import { featuresOf } from '../../src/receipts/receipt-text.ts'
import { receiptMarksTable, receiptTextsTable, type Upload, uploadReviewsTable } from '../../src/receipts/schema.ts'
import { type Person, signInMerchant } from './people.ts'
import type { TestService } from './service.ts'

/** Adds an upload whose amount was read, that waits for review and has no photo. Returns its id. */
export async function newUpload(
  { database, clock }: TestService,
  { userId }: Person,
  fields: Partial<Upload> = {},
): Promise<string> {
  // Lists are sorted by time. Two rows of the same millisecond could come in either order.
  clock.advance(1)
  const upload_id = newId('UP')
  await database.orm.insert(uploadReviewsTable).values({
    upload_id,
    user_id: userId,
    image_key: randomCode(26),
    image_sha256: randomCode(64),
    input_amount_fen: 8_850,
    recognized_amount_fen: 8_850,
    estimated_points: 885,
    flags: '[]',
    review_status: 'pending',
    created_at: clock.now(),
    ...fields,
  })
  return upload_id
}

/** Adds an upload on which this text was read. Returns its id. */
export async function readText(service: TestService, person: Person, fields: Partial<Upload>, text: string) {
  const upload_id = await newUpload(service, person, fields)
  const { orm } = service.database
  const created_at = service.clock.now()
  await orm.insert(receiptTextsTable).values({ upload_id, text, created_at })
  const marks = [...featuresOf(text).marks]
  if (marks.length > 0)
    await orm.insert(receiptMarksTable).values(marks.map((mark) => ({ mark, upload_id, created_at })))
  return upload_id
}

/** The form with which a phone sends a photo. */
export function photoForm(image: Uint8Array<ArrayBuffer>, amount?: string, name = 'receipt.jpg'): FormData {
  const form = new FormData()
  form.append('image', new Blob([image], { type: 'image/jpeg' }), name)
  if (amount !== undefined) form.append('amount', amount)
  return form
}

/** The keys of all objects in the store. */
export async function storedKeys({ services }: TestService): Promise<string[]> {
  const keys: string[] = []
  for (const folder of ['receipts', 'avatars', 'product-images']) {
    for await (const { key } of services.store.list(folder)) keys.push(key)
  }
  return keys.sort()
}

/** Sends a photo's form as its diner. */
export const sendPhoto = (
  { client }: Pick<TestService, 'client'>,
  { token }: Pick<Person, 'token'>,
  form: FormData,
  options: { token?: string; idempotencyKey?: string } = {},
) => client.post('/api/photo/upload', { token, form, ...options })

/** An upload as the staff see it while it waits for review. */
export async function reviewOf(service: TestService, upload_id: string) {
  const { token } = await signInMerchant(service)
  const { data } = await service.client.get('/api/merchant/pending-reviews?limit=100', { token })
  return data.reviews.find((one: { upload_id: string }) => one.upload_id === upload_id)
}

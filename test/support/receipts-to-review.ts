import { expect } from 'bun:test'
import { newId } from '../../src/lib/random.ts'
import type { ReadEvidence } from '../../src/receipts/reading/kept-reading.ts'
import { storeFindings } from '../../src/receipts/store-findings.ts'
import type { Flag } from '../../src/receipts/wire.ts'
import { jpegOf, picture } from './images.ts'
import type { Person } from './people.ts'
import type { TestService } from './service.ts'
import { photoForm } from './uploads.ts'

interface Sent {
  /** The photo; a picture that no other receipt has by default. */
  image?: Uint8Array<ArrayBuffer>
  /** What the diner typed, in yuan. */
  amount?: string
  /** What is read on it; null: nothing clear. */
  read_fen?: number | null
  boxes?: ReadEvidence['boxes']
  flags?: readonly Flag[]
  merchantName?: string | null
}

let sent = 0

/** A diner sends a receipt, and its reading is stored. Returns its id. */
export async function receiptToReview(
  { client, services, clock }: TestService,
  { userId, token }: Person,
  { amount = '88.50', read_fen = 8_850, boxes = [], flags = [], merchantName = null, ...photo }: Sent = {},
): Promise<string> {
  sent += 1
  clock.advance(1)
  const image = photo.image ?? (await jpegOf(picture(1_000 + sent)))
  const { code, data } = await client.post('/api/photo/upload', { token, form: photoForm(image, amount) })
  expect(code).toBe(0)
  const evidence: ReadEvidence = {
    ...{ kind: 'receipt', amount_fen: read_fen, witnesses: ['label', 'sum'], confidence: 0.97, boxes, invoice: null },
  }
  const found = { paidAt: '2026-11-28T19:32:00', merchantName, receiptNumber: newId('NO') }
  await services.till.run(storeFindings, {
    ...{ uploadId: data.upload_id, userId, flags },
    reading: { amount_fen: read_fen, ...found, text: '', evidence },
  })
  return data.upload_id
}

import { pointsFor } from '../contract/money.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/shelf.ts'
import type { ReceiptReading } from './reading.ts'
import { uploads } from './schema.ts'
import type { Flag } from './wire.ts'

export interface LateReading {
  uploadId: string
  userId: number
  reading: ReceiptReading
  flags: readonly Flag[]
}

/** What the reader found after the answer had gone out. The estimate follows only while nobody has decided by it. */
export const storeReading: Operation<LateReading, { stored: boolean }> = {
  name: 'store_reading',
  owner: ({ userId }) => userId,
  needs: ({ uploadId }) => [rows(uploads, uploadId)],
  decide(books, { uploadId, reading, flags }) {
    const upload = books.find(uploads, [uploadId])
    if (!upload) return { stored: false }
    const { amountFen } = reading
    const isOpen = upload.review_status === 'pending' && amountFen !== null
    books.update(uploads, upload, {
      recognized_amount_fen: amountFen,
      read_paid_at: reading.paidAt,
      read_merchant: reading.merchantName,
      read_number: reading.receiptNumber,
      flags: JSON.stringify(flags),
      ...(isOpen ? { estimated_points: pointsFor(amountFen) } : {}),
    })
    return { stored: true }
  },
}

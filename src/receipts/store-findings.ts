import { pointsFor } from '../contract/money.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { type Upload, uploads } from './schema.ts'
import type { Flag } from './wire.ts'

export interface Findings {
  uploadId: string
  userId: number
  /** Null when nothing was read that isn't stored yet. */
  reading: ReceiptReading | null
  flags: readonly Flag[]
}

/** What was found out after the answer had gone out. The estimate follows only while nobody has decided by it. */
export const storeFindings: Operation<Findings, { stored: boolean }> = {
  name: 'store_findings',
  owner: ({ userId }) => userId,
  needs: ({ uploadId }) => [rows(uploads, uploadId)],
  decide(unit, { uploadId, reading, flags }) {
    const upload = unit.find(uploads, [uploadId])
    if (!upload) return { stored: false }
    unit.update(uploads, upload, { flags: JSON.stringify(flags), ...(reading ? readColumns(upload, reading) : {}) })
    return { stored: true }
  },
}

function readColumns({ review_status }: Readonly<Upload>, reading: ReceiptReading) {
  const { amount_fen } = reading
  return {
    recognized_amount_fen: amount_fen,
    read_paid_at: reading.paidAt,
    read_merchant: reading.merchantName,
    read_number: reading.receiptNumber,
    ...(review_status === 'pending' && amount_fen !== null ? { estimated_points: pointsFor(amount_fen) } : {}),
  }
}

import type { Push } from '../contract/messages.ts'
import { yuanOf } from '../contract/money.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { estimateOf } from './estimate.ts'
import { keepText } from './keep-text.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { receiptTexts, type Upload, uploads } from './schema.ts'
import type { Flag } from './wire.ts'

export interface Findings {
  uploadId: string
  userId: number
  /** The late reading. Null when only the flags are late. The first reading is stored, and told, once. */
  reading: ReceiptReading | null
  flags: readonly Flag[]
}

/**
 * Stores what was found out after the answer was sent, and tells the uploader of a late reading. The reading changes
 * the estimate only while the upload is not reviewed.
 */
export const storeFindings: Operation<Findings, { stored: boolean }, Push> = {
  name: 'store_findings',
  laneKey: ({ userId }) => userId,
  needs: ({ uploadId }) => [rows(uploads, uploadId), rows(receiptTexts, uploadId)],
  decide(unit, { uploadId, flags, ...input }) {
    const upload = unit.find(uploads, [uploadId])
    if (!upload) return { stored: false }
    const reading = unit.find(receiptTexts, [uploadId]) ? null : input.reading
    unit.update(uploads, upload, { flags: JSON.stringify(flags), ...(reading ? readColumns(upload, reading) : {}) })
    if (reading) {
      keepText(unit, uploadId, reading.text)
      announceReading(unit, unit.get(uploads, [uploadId]))
    }
    return { stored: true }
  },
}

function announceReading(unit: UnitOfWork<Push>, upload: Readonly<Upload>): void {
  const { user_id, upload_id, recognized_amount_fen: fen, estimated_points } = upload
  const recognized_amount = fen === null ? null : yuanOf(fen)
  const data = { upload_id, recognized_amount, estimated_points, timestamp: unit.now.toISOString() }
  unit.announce({ to: { user_id }, type: 'receipt_read', data })
}

function readColumns({ review_status, input_amount_fen }: Readonly<Upload>, reading: ReceiptReading) {
  const { amount_fen } = reading
  const amounts = { input_amount_fen, recognized_amount_fen: amount_fen }
  return {
    recognized_amount_fen: amount_fen,
    read_paid_at: reading.paidAt,
    read_merchant: reading.merchantName,
    read_number: reading.receiptNumber,
    read_evidence: reading.evidence ? JSON.stringify(reading.evidence) : null,
    ...(review_status === 'pending' && amount_fen !== null ? { estimated_points: estimateOf(amounts) } : {}),
  }
}

import { largestAmount_fen } from '../../contract/money.ts'
import type { Reading } from './reading.ts'

/** What was read on a receipt, short enough for its columns. What was not read is null. */
export interface ReceiptReading extends Pick<Reading, 'amount_fen' | 'paidAt' | 'merchantName' | 'receiptNumber'> {
  /** The rows, one a line. */
  text: string
  evidence?: ReadEvidence
}

/** What a reviewer is shown of a reading. Its amount may be above the largest one. */
export type ReadEvidence = Pick<Reading, 'kind' | 'amount_fen' | 'witnesses' | 'confidence' | 'boxes' | 'invoice'>

const longestMerchant = 100
const longestNumber = 64
const longestText = 4_000
const mostBoxes = 8

/** A reading as it may be kept. An amount that no upload may have is kept as evidence alone. */
export function keptReading(reading: Reading): ReceiptReading {
  const { amount_fen, paidAt, merchantName, receiptNumber, rows } = reading
  const { kind, witnesses, confidence, boxes, invoice } = reading
  return {
    amount_fen: amount_fen !== null && amount_fen >= 1 && amount_fen <= largestAmount_fen ? amount_fen : null,
    paidAt: paidAt?.slice(0, 19) ?? null,
    merchantName: merchantName?.slice(0, longestMerchant) ?? null,
    receiptNumber: receiptNumber?.slice(0, longestNumber) ?? null,
    text: rows.join('\n').slice(0, longestText),
    evidence: { kind, amount_fen, witnesses, confidence, boxes: boxes.slice(0, mostBoxes), invoice },
  }
}

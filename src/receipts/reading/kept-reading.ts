import { largestAmount_fen } from '../../contract/money.ts'
import type { Reading } from './reading.ts'

/** What was read on a receipt, short enough for its columns. What was not read is null. */
export interface ReceiptReading extends Pick<Reading, 'amount_fen' | 'paidAt' | 'merchantName' | 'receiptNumber'> {
  /** The rows, one a line. */
  text: string
}

const longestMerchant = 100
const longestNumber = 64
const longestText = 4_000

/** A reading as it may be kept. An amount that no upload may have counts as not read. */
export function keptReading(reading: Pick<Reading, keyof Omit<ReceiptReading, 'text'> | 'rows'>): ReceiptReading {
  const { amount_fen, paidAt, merchantName, receiptNumber, rows } = reading
  return {
    amount_fen: amount_fen !== null && amount_fen >= 1 && amount_fen <= largestAmount_fen ? amount_fen : null,
    paidAt: paidAt?.slice(0, 19) ?? null,
    merchantName: merchantName?.slice(0, longestMerchant) ?? null,
    receiptNumber: receiptNumber?.slice(0, longestNumber) ?? null,
    text: rows.join('\n').slice(0, longestText),
  }
}

import type { Witness } from './evidence.ts'
import type { InvoiceCode } from './invoice-code.ts'
import type { ReceiptKind } from './kind.ts'

/** Where something stands on the photo, as parts of its width and height from the top left. */
export interface PhotoBox {
  x: number
  y: number
  width: number
  height: number
}

/** What a receipt says. A field is null when the receipt doesn't say it, or not clearly. */
export interface Reading {
  kind: ReceiptKind
  /** What was paid, in fen, 1 to 99 999 999. */
  amount_fen: number | null
  /** What spoke for the amount, and how sure the reader is of it, 0 to 1. */
  witnesses: readonly Witness[]
  confidence: number
  /** Where the amount stands. */
  boxes: readonly PhotoBox[]
  /** The time on the receipt, `YYYY-MM-DDTHH:mm:ss`; midnight when only the day is printed. */
  paidAt: string | null
  merchantName: string | null
  receiptNumber: string | null
  invoice: InvoiceCode | null
  /** The text, row by row. */
  rows: readonly string[]
}

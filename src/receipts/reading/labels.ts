import { choosePaid } from './amount.ts'
import { pairAmounts } from './pairs.ts'
import { findMerchant, findNumber, findPaidAt } from './particulars.ts'
import { type OcrLine, toRows } from './rows.ts'

/** What a receipt says. Each is null where it says nothing or nothing clear. */
export interface Reading {
  /** What was paid, in fen, 1 to 99 999 999. */
  amount_fen: number | null
  /** Wall-clock time on the receipt, `YYYY-MM-DDTHH:mm:ss`, midnight where only the day is printed. */
  paidAt: string | null
  merchantName: string | null
  receiptNumber: string | null
}

/** Reads a receipt or a payment screen from its lines of text. Pure: the same lines give the same reading. */
export function readLabels(lines: readonly OcrLine[]): Reading {
  const rows = toRows(lines)
  return {
    amount_fen: choosePaid(pairAmounts(rows)),
    paidAt: findPaidAt(rows),
    merchantName: findMerchant(rows),
    receiptNumber: findNumber(rows),
  }
}

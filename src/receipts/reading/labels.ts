import { choosePaid } from './amount.ts'
import { pairAmounts } from './pairs.ts'
import { findMerchant, findNumber, findPaidAt } from './particulars.ts'
import { type OcrLine, toRows } from './rows.ts'

/** What a receipt says. A field is null when the receipt doesn't say it, or not clearly. */
export interface Reading {
  /** What was paid, in fen, 1 to 99 999 999. */
  amount_fen: number | null
  /** The time on the receipt, `YYYY-MM-DDTHH:mm:ss`; midnight when only the day is printed. */
  paidAt: string | null
  merchantName: string | null
  receiptNumber: string | null
}

/**
 * Makes sense of the lines of text of a receipt or of a payment screen. Pure: the same lines give the same reading.
 *
 *     rows         lines that stand side by side
 *     pairs        every amount with its role (words.ts knows the labels, money.ts the ways to write an amount)
 *     amount       which of them was paid
 *     particulars  when, to whom, under what number
 */
export function readLabels(lines: readonly OcrLine[]): Reading {
  const rows = toRows(lines)
  return {
    amount_fen: choosePaid(pairAmounts(rows)),
    paidAt: findPaidAt(rows),
    merchantName: findMerchant(rows),
    receiptNumber: findNumber(rows),
  }
}

import { isOneOf } from './merchant-name.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { areOneReceipt, featuresOf, type TextFeatures } from './receipt-text.ts'

/** What is known of an upload when it is compared with another one. */
export interface Compared extends Omit<ReceiptReading, 'text'> {
  /** Null where nothing was read, or where the text is no longer kept. */
  features: TextFeatures | null
}

export function comparedOf(reading: Omit<ReceiptReading, 'text'> & { text: string | null }): Compared {
  const { amount_fen, paidAt, merchantName, receiptNumber, text } = reading
  return { amount_fen, paidAt, merchantName, receiptNumber, features: text ? featuresOf(text) : null }
}

/**
 * What a reviewer is told about an upload beside an earlier one; null where nothing says that it is a copy. What is
 * written decides first. Where that doesn't tell, the look of the photo does: screens of one payment app look as alike
 * as copies do. An amount that differs on what else is one receipt was altered.
 */
export function copyFlagOf(
  own: Compared,
  other: Compared,
  looksAlike: boolean,
): 'altered_copy' | 'same_receipt' | 'similar_photo' | null {
  const isOne = isSameText(own, other)
  if (isOne === false || (!isOne && !looksAlike)) return null
  if (own.amount_fen !== null && other.amount_fen !== null && own.amount_fen !== other.amount_fen) return 'altered_copy'
  return isOne ? 'same_receipt' : 'similar_photo'
}

function isSameText(own: Compared, other: Compared): boolean | undefined {
  const byText = own.features && other.features ? areOneReceipt(own.features, other.features) : undefined
  return byText || isSamePayment(own, other) || (byText ?? differsInParticulars(own, other))
}

/** Merchant, time and amount together. Two numbers that differ say that a busy minute brought two receipts. */
function isSamePayment(own: Compared, other: Compared): boolean {
  return (
    own.amount_fen !== null &&
    own.amount_fen === other.amount_fen &&
    isTime(own.paidAt) &&
    own.paidAt === other.paidAt &&
    own.merchantName !== null &&
    other.merchantName !== null &&
    isOneOf([own.merchantName], other.merchantName) &&
    !areApart(own.receiptNumber, other.receiptNumber)
  )
}

/** False when time or number say that these are two receipts, else undefined. A till's numbers begin anew each day. */
function differsInParticulars(own: Compared, other: Compared): false | undefined {
  const isSameDay = own.paidAt?.slice(0, 10) === other.paidAt?.slice(0, 10)
  if (own.receiptNumber !== null && own.receiptNumber === other.receiptNumber && isSameDay) return undefined
  const times = isTime(own.paidAt) && isTime(other.paidAt) && own.paidAt !== other.paidAt
  return times || areApart(own.receiptNumber, other.receiptNumber) ? false : undefined
}

/** Midnight stands for a day without a time. */
function isTime(paidAt: string | null): boolean {
  return paidAt !== null && !paidAt.endsWith('T00:00:00')
}

function areApart(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b
}

import type { Calendar } from '../lib/calendar.ts'
import { isOneOf } from './merchant-name.ts'
import type { ReadEvidence, ReceiptReading } from './reading/kept-reading.ts'
import type { Flag } from './wire.ts'

/** What the settings say about receipts. */
export interface ReceiptRules {
  isRead: boolean
  /** What the restaurant is called on its receipts; empty when any name will do. */
  merchantNames: readonly string[]
}

/** What is known about an upload when its flags are decided. */
export interface Evidence {
  input_fen: number | null
  reading: ReceiptReading | null
  /** The business day of the upload. */
  today: string
  /** The flags of the uploads that this one is likely a copy of. */
  copies: readonly Flag[]
  /** The ids of uploads with the same receipt number. */
  repeatedNumber: readonly string[]
}

const oldAfter_days = 14

/**
 * What a reviewer should look at. Other people's uploads of the very same photo are not among it: they may come later,
 * and are looked up whenever the receipt is shown.
 */
export function flagsOf(evidence: Evidence, rules: ReceiptRules, calendar: Calendar): Flag[] {
  const { input_fen, reading, today } = evidence
  const amount_fen = reading?.amount_fen ?? null
  const merchant = reading?.merchantName ?? null
  const paidOn = reading?.paidAt?.slice(0, 10)
  const alone = (flag: Flag['flag'], isSo: boolean) => (isSo ? [{ flag, upload_id: null }] : [])
  const isOther = merchant !== null && rules.merchantNames.length > 0 && !isOneOf(rules.merchantNames, merchant)
  const differs = input_fen !== null && amount_fen !== null && input_fen !== amount_fen
  const isOld = paidOn !== undefined && paidOn < calendar.plusDays(today, -oldAfter_days)
  return [
    ...evidence.copies,
    ...evidence.repeatedNumber.map((upload_id) => ({ flag: 'repeated_number' as const, upload_id })),
    ...(rules.isRead && amount_fen === null
      ? unreadFlags(reading?.evidence).map((flag) => ({ flag, upload_id: null }))
      : []),
    ...alone('other_merchant', isOther),
    ...alone('amount_differs', differs),
    ...alone('old_receipt', isOld),
  ]
}

/** Says that there is no amount, and why: by what the photo shows, or by an amount above the largest one. */
function unreadFlags(evidence: ReadEvidence | undefined): Flag['flag'][] {
  if (!evidence || (evidence.kind === 'receipt' && evidence.amount_fen === null)) return ['unread']
  return evidence.kind === 'receipt' ? ['over_limit'] : ['unread', evidence.kind]
}

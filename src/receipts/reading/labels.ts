import { choosePaid } from './amount.ts'
import { type Evidence, isProved, noEvidence } from './evidence.ts'
import type { OcrLine } from './found-text.ts'
import { areMixedUp, isPaidLabel, joinHalfRows } from './half-rows.ts'
import {
  hasOnePrice,
  hidesItsType,
  isCardSlip,
  isDone,
  kindByWords,
  looksLikeReceipt,
  namesEarlierSlip,
  type ReceiptKind,
  showsPayment,
} from './kind.ts'
import { findMoney } from './money.ts'
import { type Pair, pairAmounts } from './pairs.ts'
import { findMerchant, findNumber, findPaidAt } from './particulars.ts'
import { type Row, toRows } from './rows.ts'

/** What a receipt says. A field is null when the receipt doesn't say it, or not clearly. */
export interface Labels {
  /** What was paid. */
  amount: Evidence
  kind: ReceiptKind
  /** The time on the receipt, `YYYY-MM-DDTHH:mm:ss`; midnight when only the day is printed. */
  paidAt: string | null
  merchantName: string | null
  receiptNumber: string | null
  /** The text, row by row. */
  rows: readonly string[]
}

/**
 * Makes sense of the lines of text of a receipt or of a payment screen. Pure: the same lines give the same reading.
 *
 *     rows         lines that stand side by side, as the paper bends (half-rows: values printed above their labels)
 *     kind         what the picture shows: a payment, or something else
 *     pairs        every amount with its role (words.ts knows the labels, money.ts and amount-in-words.ts the amounts)
 *     amount       which of them was paid (ledger.ts: the arithmetic between them; evidence.ts: what speaks for it;
 *                  doubts.ts: what speaks against it)
 *     particulars  when, to whom, under what number
 */
export function readLabels(lines: readonly OcrLine[]): Labels {
  const rows = joinHalfRows(toRows(lines))
  const pairs = pairAmounts(rows)
  const chosen = choosePaid(pairs.map((pair) => inItsPlace(pair, pairs, rows)))
  const isLost = (areMixedUp(rows) && !isProved(chosen)) || isOnlyBill(chosen, pairs, rows) || hidesItsType(rows)
  const amount = isLost ? noEvidence : chosen
  const kind = kindOf(rows, pairs, amount)
  return {
    amount: kind === 'receipt' ? amount : noEvidence,
    kind,
    paidAt: findPaidAt(rows),
    merchantName: findMerchant(rows),
    receiptNumber: findNumber(rows),
    rows: rows.map(({ text }) => text),
  }
}

function kindOf(rows: readonly Row[], pairs: readonly Pair[], amount: Evidence): ReceiptKind {
  const byWords = kindByWords(rows)
  if (byWords) return byWords
  if (namesEarlierSlip(rows)) return 'refund'
  if (isCardSlip(rows) && pairs.some(({ role, negative }) => negative && sums.includes(role))) return 'refund'
  const hasAmounts = pairs.some(({ role }) => role !== 'item' && role !== 'other' && role !== 'hero')
  return amount.fen === null && !hasAmounts && !looksLikeReceipt(rows) ? 'not_a_receipt' : 'receipt'
}

/** True for a bill on a page where what was paid has a label, and no amount that was read. */
function isOnlyBill({ fen }: Evidence, pairs: readonly Pair[], rows: readonly Row[]): boolean {
  const own = pairs.filter((pair) => pair.fen === fen && pair.fen > 0)
  const isBill = own.every(({ role }) => role === 'total' || role === 'gross' || role === 'item' || role === 'beside')
  return isBill && rows.some(isPaidLabel)
}

const sums: readonly Pair['role'][] = ['paid', 'due', 'total']

/**
 * The largest figures show a payment on a page that speaks of one, and of its end: a page before it shows no time, no
 * number and no minus. The only amount of a ticket or a form is its price.
 */
function inItsPlace(pair: Pair, pairs: readonly Pair[], rows: readonly Row[]): Pair {
  const isSettled = pair.negative || isDone(rows) || findPaidAt(rows) !== null || findNumber(rows) !== null
  if (pair.role === 'hero' && !(showsPayment(rows) && isSettled)) return { ...pair, role: 'item' }
  const isOnly = pair.form !== 'bare' && amountsOf(pairs, rows).every((fen) => fen === pair.fen)
  return pair.role === 'item' && isOnly && hasOnePrice(rows) ? { ...pair, role: 'due' } : pair
}

function amountsOf(pairs: readonly Pair[], rows: readonly Row[]): number[] {
  const printed = [...pairs, ...rows.flatMap(({ text }) => findMoney(text))]
  return printed.filter(({ form }) => form !== 'bare').map(({ fen }) => fen)
}

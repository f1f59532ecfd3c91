import { confidenceOf, type Evidence, isWitnessed, noEvidence } from './evidence.ts'
import { findInvoiceCode, type InvoiceCode } from './invoice-code.ts'
import type { Labels } from './labels.ts'
import type { Page, ReadText } from './ocr.ts'
import { photoBoxOf } from './photo-box.ts'
import { readTexts } from './read-texts.ts'
import type { Reading } from './reading.ts'

/**
 * Reads a photo. Where little speaks for the amount, or the diner typed another one, the figures are read again in a
 * blurred copy; when the two readings differ, the photo has no amount.
 */
export async function readPhoto(readText: ReadText, image: Uint8Array, typed_fen: number | null): Promise<Reading> {
  const page = await readText(image)
  const first = readTexts(page.texts)
  const invoice = mayHoldCode(page, first) ? findInvoiceCode(page.pixels) : null
  const known = withCode(first.amount, invoice)
  const isReceipt = first.kind === 'receipt' || (invoice !== null && first.kind === 'not_a_receipt')
  const amount = isReceipt ? await checked(page, known, typed_fen) : noEvidence
  return {
    kind: isReceipt ? 'receipt' : first.kind,
    amount_fen: amount.fen,
    witnesses: amount.witnesses,
    confidence: amount.confidence,
    boxes: amount.lines.map((line) => photoBoxOf(line.quad, page)),
    paidAt: paidAtOf(first, invoice),
    merchantName: first.merchantName,
    receiptNumber: invoice?.number ?? first.receiptNumber,
    invoice,
    rows: first.rows,
  }
}

// The search for a code takes a while. A receipt whose text is clear, and speaks of no invoice, holds none.
function mayHoldCode({ texts }: Page, { amount }: Labels): boolean {
  return !isWitnessed(amount.witnesses) || texts.some(({ text }) => /[发發]票|税|稅/.test(text))
}

/** The amount with what the code says about it. What is printed counts for more: anyone can print a code. */
function withCode(amount: Evidence, invoice: InvoiceCode | null): Evidence {
  if (!invoice) return amount
  const { fen } = amount
  // An older code may leave out the tax.
  if (fen === null && !invoice.includesTax) return amount
  if (fen === null)
    return { ...noEvidence, fen: invoice.amount_fen, witnesses: ['invoice_code'], confidence: confidenceOf(1, 1) }
  if (!agree(fen, invoice)) return isWitnessed(amount.witnesses) ? amount : noEvidence
  const witnesses = [...amount.witnesses, 'invoice_code' as const]
  return { ...amount, witnesses, confidence: confidenceOf(witnesses.length, 1) }
}

const highestTax = 0.13

function agree(fen: number, { amount_fen, includesTax }: InvoiceCode): boolean {
  return includesTax ? fen === amount_fen : fen >= amount_fen && fen <= amount_fen * (1 + highestTax) + 1
}

async function checked(page: Page, first: Evidence, typed_fen: number | null): Promise<Evidence> {
  const isTyped = first.fen !== null && first.fen === typed_fen
  const isClear = first.fen !== null && first.witnesses.length >= 2 && typed_fen === null
  if (isTyped || isClear || first.witnesses[0] === 'invoice_code') return first
  const second = readTexts(await page.again()).amount
  if (first.fen === null) return pointFound(first, second)
  if (second.fen !== first.fen || mayLackPoint(first, typed_fen)) return noEvidence
  return seenTwice(first)
}

/** The first reading found nothing clear. The second may have found a decimal point that the first one lost. */
function pointFound(first: Evidence, second: Evidence): Evidence {
  if (second.fen !== null && first.doubted_fen === second.fen * 100) return seenTwice(second)
  return isWitnessed(second.witnesses) ? second : noEvidence
}

function mayLackPoint({ fen, witnesses }: Evidence, typed_fen: number | null): boolean {
  return typed_fen !== null && fen === typed_fen * 100 && !isWitnessed(witnesses)
}

function seenTwice(evidence: Evidence): Evidence {
  const witnesses = [...evidence.witnesses, 'second_reading' as const]
  return { ...evidence, witnesses, confidence: Math.max(evidence.confidence, confidenceOf(witnesses.length, 0.9)) }
}

// The code knows the day alone, the print may know the time.
function paidAtOf({ paidAt }: Labels, invoice: InvoiceCode | null): string | null {
  return invoice === null || paidAt?.startsWith(invoice.day) ? paidAt : `${invoice.day}T00:00:00`
}

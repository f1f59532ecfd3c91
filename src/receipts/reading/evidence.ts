import type { OcrLine } from './found-text.ts'

/**
 * What speaks for an amount.
 *
 *     label           its own label, or the largest figures of a payment screen
 *     repeated        it stands under a second label as well
 *     difference      another amount less a discount, or the cash less the change
 *     sum             the items, with fees and tax
 *     parts           what was paid in several ways adds up to it
 *     words           it is written in words too
 *     invoice_code    an invoice's QR code says it. Anyone can print such a code: it proves nothing by itself
 *     second_reading  a second reading of a blurred copy found it again
 */
export const witnesses = [
  'label',
  'repeated',
  'difference',
  'sum',
  'parts',
  'words',
  'invoice_code',
  'second_reading',
] as const
export type Witness = (typeof witnesses)[number]

/** An amount with what speaks for it, and the lines in which it stands. `fen` is null when nothing clear was found. */
export interface Evidence {
  fen: number | null
  witnesses: Witness[]
  /** How sure the reader is, 0 to 1. */
  confidence: number
  lines: OcrLine[]
  /** An amount that has no fen, and may have lost its decimal point. */
  doubted_fen: number | null
}

export const noEvidence: Evidence = { fen: null, witnesses: [], confidence: 0, lines: [], doubted_fen: null }

const byCount = [0, 0.6, 0.9, 0.97] as const

/** The confidence in an amount with so many witnesses, whose letters were read with this confidence. */
export function confidenceOf(count: number, ofLetters: number): number {
  const shown = byCount[Math.min(count, byCount.length - 1)] ?? 0
  return Math.round(shown * (0.5 + 0.5 * ofLetters) * 100) / 100
}

/** True when two things speak for an amount that hardly can be wrong in the same way. A code is none of them. */
export function isWitnessed(found: readonly Witness[]): boolean {
  return found.filter((witness) => witness !== 'invoice_code').length >= 2
}

/** True when arithmetic or words speak for an amount: more than labels, which may stand beside another amount. */
export function isProved({ witnesses: found }: Evidence): boolean {
  return found.some((witness) => witness !== 'label' && witness !== 'repeated')
}

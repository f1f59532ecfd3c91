import { z } from 'zod'
import { plainText } from '../lib/plain-text.ts'
import { randomCode, unambiguous } from '../lib/random.ts'

const codeLength = 10

/** A new voucher code: 50 random bits, short enough to read aloud. */
export function newVoucherCode(): string {
  return randomCode(codeLength)
}

/** The text in a voucher's QR code. */
export function qrOf(code: string): string {
  return `rp:v1:${code}`
}

const longestText = 200
/** What people write inside a code to group its characters: blanks, dashes, dots. */
const joiner = /^[\s\p{Pd}.·・•]*$/u
const isCode = new RegExp(`^[${unambiguous}]{${codeLength}}$`)

/**
 * Finds the one code in a text that was typed, scanned or pasted. The code may be in any width and case, in groups, and
 * between other words. A code in one piece is preferred to one in groups. Undefined when there is none, or more than
 * one.
 */
export function codeIn(given: string): string | undefined {
  if (given.length > longestText) return undefined
  const text = plainText(given).replace(/[a-z]/g, (letter) => letter.toUpperCase())
  const pieces = [...text.matchAll(/[0-9A-Z]+/g)]
  const whole = pieces.map(([piece]) => piece)
  const readings = [whole, whole.map(withoutSlips), groups(text, pieces), groups(text, pieces).map(withoutSlips)]
  const found = readings.map((reading) => new Set(reading.filter((piece) => isCode.test(piece))))
  const [code, another] = found.find(({ size }) => size > 0) ?? []
  return another === undefined ? code : undefined
}

/** Codes have no 1 and no I, and only L looks like them. A 0 or an O could be a D or a Q, so it stays as it is. */
function withoutSlips(piece: string): string {
  return piece.replace(/[1I]/g, 'L')
}

/** Joins neighbouring pieces that have a code's length together and only joiners between them. */
function groups(text: string, pieces: readonly RegExpExecArray[]): string[] {
  return pieces.flatMap((first, index) => {
    let group = first[0]
    let end = first.index + group.length
    for (const next of pieces.slice(index + 1)) {
      if (group.length >= codeLength || !joiner.test(text.slice(end, next.index))) break
      group += next[0]
      end = next.index + next[0].length
    }
    return group.length === codeLength ? [group] : []
  })
}

/** A voucher's code as people type, scan or paste it. */
export const codeParam = z.object({
  code: z.string().transform((text, context) => {
    const code = codeIn(text)
    if (code !== undefined) return code
    context.issues.push({ code: 'custom', message: '不是核销码', input: text })
    return z.NEVER
  }),
})

import { z } from 'zod'

/** The largest amount of one receipt. */
export const largestAmount_fen = 999_999

const points_per_yuan = 10
const fen_per_yuan = 100

/** Decimal yuan as integer fen. Undefined unless it is 0.01 to 9999.99 with at most two decimals. */
export function fenOf(yuan: string): number | undefined {
  const [, whole = '', decimals = ''] = /^(\d{1,4})(?:\.(\d{1,2}))?$/.exec(yuan) ?? []
  const fen = Number(whole) * fen_per_yuan + Number(decimals.padEnd(2, '0'))
  return fen >= 1 && fen <= largestAmount_fen ? fen : undefined
}

/** Integer fen as yuan with two decimals, such as `"88.50"`. */
export function yuanOf(fen: number): string {
  return `${Math.trunc(fen / fen_per_yuan)}.${String(fen % fen_per_yuan).padStart(2, '0')}`
}

/** An amount that a client sends in yuan, as a number or as text. It is parsed to fen. */
export const amount = z.union([z.number(), z.string().max(16)]).transform((yuan, context) => {
  const fen = fenOf(String(yuan).trim())
  if (fen !== undefined) return fen
  context.issues.push({ code: 'custom', message: '应在 0.01 到 9999.99 之间，最多两位小数', input: yuan })
  return z.NEVER
})

/** Yuan in an answer. */
export const yuan = z.string().regex(/^\d+\.\d{2}$/)

/** The points for an amount: 10 for each yuan, rounded down. */
export function pointsFor(fen: number): number {
  return Math.floor((fen * points_per_yuan) / fen_per_yuan)
}

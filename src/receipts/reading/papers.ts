import type { FoundText } from './found-text.ts'
import { findMoney } from './money.ts'
import { toRows } from './rows.ts'
import { straighten } from './straighten.ts'
import { findLabels, type Role } from './words.ts'

/**
 * The texts of each paper, when two lie side by side: a corridor without text runs from top to bottom between them, and
 * both have rows with a label and an amount. Most pictures show one. Each paper may be tilted in its own way.
 */
export function papersOf(texts: readonly FoundText[]): FoundText[][] {
  const sorted = texts.map((text) => ({ text, ...span(text) })).sort((a, b) => a.left - b.left)
  const usual = median(sorted.map(({ height }) => height))
  let right = Number.NEGATIVE_INFINITY
  for (const [at, each] of sorted.entries()) {
    if (each.left - right > usual / 2) {
      const sides = [sorted.slice(0, at), sorted.slice(at)].map((side) => side.map(({ text }) => text))
      if (sides.every(isPaper)) return sides
    }
    right = Math.max(right, each.right)
  }
  return [[...texts]]
}

const fewestRows = 4
const sums: readonly Role[] = ['paid', 'due', 'total', 'method', 'gross']

function isPaper(texts: readonly FoundText[]): boolean {
  const rows = toRows(straighten(texts))
  return rows.length >= fewestRows && rows.some(({ text }) => hasSum(text))
}

function hasSum(text: string): boolean {
  const [money] = findMoney(text).filter(({ form }) => form !== 'bare')
  return money !== undefined && findLabels(text).some(({ role, end }) => sums.includes(role) && end <= money.start)
}

function span({ quad }: FoundText): { left: number; right: number; height: number } {
  const xs = quad.map(({ x }) => x)
  return { left: Math.min(...xs), right: Math.max(...xs), height: Math.abs(quad[3].y - quad[0].y) }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

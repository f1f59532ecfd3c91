import type { Pair } from './pairs.ts'

/**
 * Chooses the amount that was paid, in fen, or null when the evidence is weak. Each amount gets points: first for its
 * label, then for arithmetic that fits or contradicts it (bill - discount = paid, cash - change = paid, items add up to
 * the bill).
 */
export function choosePaid(pairs: readonly Pair[]): number | null {
  const amounts = ledgerOf(pairs)
  const values = [
    ...new Set(
      pairs.filter((pair) => weightByRole[pair.role] && pair.fen > 0 && pair.fen <= most_fen).map((pair) => pair.fen),
    ),
  ]
  const ranked = values
    .map((fen) => ({ fen, score: score(fen, pairs, amounts), row: Math.max(...rowsOf(fen, pairs)) }))
    .sort((a, b) => b.score - a.score || b.row - a.row)
  const best = ranked[0]
  if (best) return best.score >= enoughEvidence ? best.fen : null
  return cashKept(pairs) ?? totalOfItems(amounts.items)
}

const most_fen = 99_999_999
const enoughEvidence = 2.5

// How strongly each role by itself says that its amount is what was paid.
// biome-ignore format: a table
const weightByRole: Readonly<Record<Pair['role'], number>> = {
  paid: 6, hero: 6, due: 5, total: 4, method: 3, gross: 2.5, tendered: 0, discount: 0, change: 0, fee: 0, other: 0, item: 0,
}

interface Amounts {
  bills: number[]
  discounts: number[]
  cash: number[]
  change: number[]
  fees: number[]
  items: number[]
  decimals: boolean
}

function ledgerOf(pairs: readonly Pair[]): Amounts {
  const fenOf = (...roles: Pair['role'][]): number[] =>
    pairs.filter((pair) => roles.includes(pair.role) && pair.fen > 0).map((pair) => pair.fen)
  return {
    bills: [...new Set(fenOf('gross', 'total', 'due', 'paid', 'hero', 'method'))],
    discounts: withSum(fenOf('discount')),
    cash: fenOf('tendered', 'paid', 'method'),
    change: fenOf('change'),
    fees: fenOf('fee'),
    items: fenOf('item'),
    decimals: pairs.some((pair) => pair.form === 'decimal' && pair.fen > 0 && pair.role !== 'other'),
  }
}

function score(fen: number, pairs: readonly Pair[], amounts: Amounts): number {
  const own = pairs.filter((pair) => pair.fen === fen && weightByRole[pair.role] > 0)
  const weight = Math.max(...own.map((pair) => weightByRole[pair.role] - doubt(pair, amounts)))
  const agreement = Math.min(2, new Set(own.map((pair) => pair.role)).size - 1)
  return weight + agreement + arithmetic(fen, amounts)
}

function doubt(pair: Pair, amounts: Amounts): number {
  const form = pair.form === 'bare' ? (amounts.decimals ? 2 : 1) : 0
  const reduced = pair.role === 'gross' && amounts.discounts.length > 0 ? 1 : 0
  return form + reduced + (pair.confidence < 0.6 ? 2 : 0)
}

function arithmetic(fen: number, { bills, discounts, cash, change, fees, items }: Amounts): number {
  const isBill = (value: number): boolean => value !== fen && bills.includes(value)
  const afterDiscount = discounts.some((discount) => isBill(fen + discount) || isBill(fen + discount - sum(fees)))
  const beforeDiscount = discounts.some((discount) => isBill(fen - discount))
  const afterChange = change.some((back) => cash.includes(fen + back))
  const beforeChange = change.some((back) => isBill(fen - back))
  const added = [sum(items), sum(items) + sum(fees), sum(items) + sum(fees) - (discounts.at(-1) ?? 0)]
  return (
    (afterDiscount ? 2 : 0) -
    (beforeDiscount ? 4 : 0) +
    (afterChange ? 2 : 0) -
    (beforeChange ? 6 : 0) +
    (items.length > 1 && added.includes(fen) ? 1 : 0)
  )
}

// Each discount counts by itself, and so does their sum.
function withSum(discounts: readonly number[]): number[] {
  return discounts.length > 1 ? [...discounts, sum(discounts)] : [...discounts]
}

// On a slip that says nothing else: the cash handed over, less the change.
function cashKept(pairs: readonly Pair[]): number | null {
  const [cash, ...more] = pairs.filter((pair) => pair.role === 'tendered')
  const back = pairs.find((pair) => pair.role === 'change')?.fen ?? 0
  return cash && more.length === 0 && cash.fen > back ? cash.fen - back : null
}

function totalOfItems(items: readonly number[]): number | null {
  const last = items.at(-1)
  return items.length > 2 && last !== undefined && last <= most_fen && sum(items.slice(0, -1)) === last ? last : null
}

function rowsOf(fen: number, pairs: readonly Pair[]): number[] {
  return pairs.filter((pair) => pair.fen === fen).map((pair) => pair.row)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

import type { Witness } from './evidence.ts'
import type { Pair } from './pairs.ts'

/** What speaks for and against an amount by arithmetic. */
export interface Proof {
  points: number
  witnesses: Witness[]
}

/** The amounts of a slip by what they are, and the arithmetic between them. All are in fen. */
export interface Ledger {
  discounts: readonly number[]
  items: readonly number[]
  /** True for a slip that prints its amounts with fen. Screens print some with and some without. */
  hasDecimals: boolean
  proofOf(fen: number): Proof
  /** True when the other amount is one that a slip prints beside what was paid: the bill before, the cash, a part. */
  explains(paid: number, other: number): boolean
}

export function ledgerOf(pairs: readonly Pair[]): Ledger {
  const fenOf = (...roles: Pair['role'][]): number[] =>
    pairs.filter((pair) => roles.includes(pair.role) && pair.fen > 0).map((pair) => pair.fen)
  const amounts: Amounts = {
    bills: [...new Set(fenOf('gross', 'total', 'due', 'paid', 'hero', 'method', 'words'))],
    discounts: withSum([...fenOf('discount'), ...fenOf('voucher')]),
    parts: partsOf(pairs),
    cash: fenOf('tendered', 'paid', 'method'),
    change: fenOf('change'),
    fees: fenOf('fee'),
    taxes: fenOf('tax'),
    items: fenOf('item'),
    besides: fenOf('beside'),
  }
  return {
    discounts: amounts.discounts,
    items: amounts.items,
    hasDecimals: printsFen(pairs),
    proofOf: (fen) => proofOf(fen, amounts),
    explains: (paid, other) => explains(paid, other, amounts),
  }
}

function printsFen(pairs: readonly Pair[]): boolean {
  const printed = pairs.filter(({ role }) => role !== 'words')
  const [withFen, without] = (['decimal', 'currency'] as const).map(
    (form) => printed.filter((pair) => pair.form === form).length,
  )
  return (withFen ?? 0) > 0 && (withFen ?? 0) >= (without ?? 0)
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

interface Amounts {
  bills: number[]
  discounts: number[]
  /** What was paid in each way, when there were several. */
  parts: number[]
  cash: number[]
  change: number[]
  fees: number[]
  taxes: number[]
  items: number[]
  besides: number[]
}

function proofOf(fen: number, amounts: Amounts): Proof {
  const { bills, discounts, parts, cash, change, fees } = amounts
  const isBill = (value: number): boolean => value !== fen && bills.includes(value)
  const isSumOfParts = parts.length > 1 && sum(parts) === fen
  const isPart = parts.length > 1 && parts.includes(fen) && bills.includes(sum(parts))
  const afterDiscount = discounts.some((off) => isBill(fen + off) || isBill(fen + off - sum(fees)))
  const beforeDiscount = !isSumOfParts && discounts.some((off) => isBill(fen - off))
  const afterChange = change.some((back) => cash.includes(fen + back))
  const beforeChange = !afterChange && change.some((back) => back > 0 && isBill(fen - back))
  const isSum = addsUp(fen, amounts)
  return {
    points:
      (afterDiscount ? 2 : 0) -
      (beforeDiscount ? 4 : 0) +
      (afterChange ? 2 : 0) -
      (beforeChange ? 6 : 0) +
      (isSumOfParts ? 3 : 0) -
      (isPart ? 4 : 0) +
      (isSum ? 1 : 0),
    witnesses: [
      ...((afterDiscount && !isPart) || afterChange ? ['difference' as const] : []),
      ...(isSumOfParts ? ['parts' as const] : []),
      ...(isSum ? ['sum' as const] : []),
    ],
  }
}

/** Items alone, or with fees, tax and what was taken off; or a net amount with the tax printed in its row. */
function addsUp(fen: number, { items, bills, fees, taxes, discounts, besides }: Amounts): boolean {
  const off = discounts.at(-1) ?? 0
  const added = [0, sum(fees), sum(taxes), sum(fees) + sum(taxes)].filter((more, at) => at === 0 || more > 0)
  const ofItems = items.length > 0 && added.some((more) => [fen, fen + off].includes(sum(items) + more))
  const ofBills = added.some(
    (more) => more > 0 && bills.some((bill) => bill !== fen && [fen, fen + off].includes(bill + more)),
  )
  const withTax = besides.some((net) => [...bills, ...taxes].some((tax) => tax < net && net + tax === fen))
  return ofItems || ofBills || withTax
}

function explains(
  paid: number,
  other: number,
  { discounts, parts, cash, change, fees, taxes, bills }: Amounts,
): boolean {
  const differences = [...discounts, ...change, ...fees, ...taxes, sum(fees) + sum(taxes)]
  return (
    differences.some((difference) => paid + difference === other || other + difference === paid) ||
    parts.includes(other) ||
    cash.some((given) => given === other && change.length > 0) ||
    (discounts.length > 0 && other > paid && bills.includes(other))
  )
}

// A voucher is a part of the payment where it is not printed as taken off.
function partsOf(pairs: readonly Pair[]): number[] {
  const ways = pairs.filter(
    ({ role, fen, negative }) => fen > 0 && (role === 'method' || (role === 'voucher' && !negative)),
  )
  const cash = pairs.filter(({ role, fen }) => role === 'tendered' && fen > 0)
  return [...ways, ...(ways.length > 0 ? cash : [])].map(({ fen }) => fen)
}

// Each discount counts by itself, and so does their sum. It comes last, and may be printed as well.
function withSum(discounts: readonly number[]): number[] {
  if (discounts.length < 2) return [...discounts]
  const [all, largest] = [sum(discounts), Math.max(...discounts)]
  return [...discounts, all === 2 * largest ? largest : all]
}

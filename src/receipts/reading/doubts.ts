import type { Witness } from './evidence.ts'
import type { Ledger } from './ledger.ts'
import type { Pair } from './pairs.ts'

/** An amount that may be what was paid, where it stands, and what speaks for it. */
export interface Judged {
  fen: number
  own: Pair[]
  score: number
  witnesses: Witness[]
  row: number
}

const plainYuan_fen = 100_000

/**
 * An amount without fen may have lost its decimal point: 38.00 is then read as 3800. Arithmetic or words must speak for
 * it where other amounts have fen, or where it is large.
 */
export function mayLackPoint({ fen, own, witnesses }: Judged, ledger: Ledger): boolean {
  if (own.some(({ form }) => form === 'decimal')) return false
  const isProved = witnesses.some((witness) => witness !== 'label' && witness !== 'repeated')
  return !isProved && (ledger.hasDecimals || fen >= plainYuan_fen)
}

// Two amounts that both could be it, and nothing that explains one by the other.
export function contests(next: Judged, best: Judged, ledger: Ledger): boolean {
  if (best.score - next.score > 1 || best.witnesses.length > next.witnesses.length) return false
  const isBillBefore = next.fen > best.fen && saysPaid(best) && !saysPaid(next)
  return !isBillBefore && !ledger.explains(best.fen, next.fen)
}

export function isLabelAlone({ witnesses }: Judged): boolean {
  return witnesses.every((witness) => witness === 'label')
}

/** A bill, and nothing clear that was read of what was paid of it. */
export function isBillOfMore(best: Judged, pairs: readonly Pair[], ledger: Ledger): boolean {
  if (isRestAfterVoucher(best, pairs)) return true
  if (best.witnesses.some((witness) => proofOfPayment.includes(witness))) return false
  return isReducedBelow(best, pairs) || hasLowerSumBelow(best, pairs, ledger)
}

/**
 * The slip prints a bill with what was taken off it, or cash with its change, and they don't give this amount. The large
 * figures of a screen are hardly misread, and a screen doesn't list all that was taken off.
 */
export function isContradicted({ fen, own, witnesses }: Judged, pairs: readonly Pair[]): boolean {
  if (own.some(({ role }) => role === 'hero') || witnesses.some((witness) => witness !== 'label')) return false
  const has = (test: (pair: Pair) => boolean) =>
    pairs.some((pair) => pair.form !== 'bare' && pair.fen > 0 && test(pair))
  const isBill = ({ role, fen: bill }: Pair) => (role === 'total' || role === 'gross' || role === 'due') && bill > fen
  const isReduced = has(isBill) && has(({ role }) => role === 'discount')
  return isReduced || (has(({ role }) => role === 'tendered') && has(({ role }) => role === 'change'))
}

// The items add up to the bill, whatever was taken off it.
const proofOfPayment: readonly Witness[] = ['difference', 'parts', 'words']

function isReducedBelow({ own }: Judged, pairs: readonly Pair[]): boolean {
  const isOf = (...roles: Pair['role'][]) => own.every(({ role }) => roles.includes(role))
  const changesIt = ({ role, negative }: Pair) =>
    role === 'discount' ||
    (role === 'voucher' && negative) ||
    (role === 'fee' && isOf('total', 'gross')) ||
    (role === 'tax' && isOf('gross'))
  const after = pairs.slice(Math.max(...own.map((pair) => pairs.indexOf(pair))) + 1)
  return isOf('total', 'due', 'gross') && after.some((pair) => pair.fen > 0 && changesIt(pair))
}

function hasLowerSumBelow(best: Judged, pairs: readonly Pair[], ledger: Ledger): boolean {
  const isLower = ({ role, form, fen, row }: Pair) =>
    (role === 'paid' || role === 'due' || role === 'total') &&
    form !== 'bare' &&
    fen > 0 &&
    fen < best.fen &&
    row > best.row &&
    !ledger.explains(best.fen, fen)
  return !saysPaid(best) && pairs.some(isLower)
}

function isRestAfterVoucher({ own }: Judged, pairs: readonly Pair[]): boolean {
  const isPart = own.every(({ role }) => role === 'method')
  return isPart && pairs.some(({ role, negative, fen }) => role === 'voucher' && !negative && fen > 0)
}

/** More was taken than the bill says: cash, whose change was not read. */
export function exceedsBill(best: Judged, all: readonly Judged[], ledger: Ledger): boolean {
  const bills = all.filter(({ own }) =>
    own.some(({ role, form }) => form !== 'bare' && (role === 'total' || role === 'due')),
  )
  return saysPaid(best) && bills.some(({ fen }) => fen < best.fen && !ledger.explains(best.fen, fen))
}

function saysPaid({ own }: Judged): boolean {
  return own.some(({ role }) => role === 'paid' || role === 'hero')
}

import {
  contests,
  exceedsBill,
  isBillOfMore,
  isContradicted,
  isLabelAlone,
  type Judged,
  mayLackPoint,
} from './doubts.ts'
import { confidenceOf, type Evidence, noEvidence, type Witness } from './evidence.ts'
import { type Ledger, ledgerOf, sum } from './ledger.ts'
import type { Pair } from './pairs.ts'

/**
 * Chooses the amount that was paid, in fen, or none when the evidence is weak. Each amount gets points: first for its
 * label, then for arithmetic that fits or contradicts it (bill - discount = paid, cash - change = paid, parts add up to
 * the payment, items add up to the bill).
 */
export function choosePaid(found: readonly Pair[]): Evidence {
  const pairs = withoutCurrencyDigits(withReductions(found))
  const ledger = ledgerOf(pairs)
  const values = [...new Set(pairs.filter(mayBePaid).map((pair) => pair.fen))]
  const ranked = values.map((fen) => judge(fen, pairs, ledger)).sort((a, b) => b.score - a.score || b.row - a.row)
  const [best, next] = ranked
  if (!best) return cashKept(pairs) ?? totalOfItems(pairs)
  if (best.score < enoughEvidence) return noEvidence
  if (mayLackPoint(best, ledger)) return { ...noEvidence, doubted_fen: best.fen }
  if (next && contests(next, best, ledger)) return noEvidence
  if (isContradicted(best, pairs)) return noEvidence
  if (isBillOfMore(best, pairs, ledger) || (isLabelAlone(best) && exceedsBill(best, ranked, ledger))) return noEvidence
  return evidenceOf(best.own, best.witnesses)
}

const most_fen = 99_999_999
const enoughEvidence = 2.5

// How strongly each role by itself says that its amount is what was paid.
// biome-ignore format: a table
const weightByRole: Readonly<Record<Pair['role'], number>> = {
  paid: 6, hero: 6, words: 6, due: 5, total: 4, method: 3, gross: 2.5,
  voucher: 0, tendered: 0, discount: 0, change: 0, fee: 0, tax: 0, other: 0, beside: 0, item: 0,
}

const mayBePaid = ({ role, fen }: Pair): boolean => weightByRole[role] > 0 && fen > 0 && fen <= most_fen

function judge(fen: number, pairs: readonly Pair[], ledger: Ledger): Judged {
  const own = pairs.filter((pair) => pair.fen === fen && mayBePaid(pair))
  const weight = Math.max(...own.map((pair) => weightByRole[pair.role] - doubt(pair, ledger)))
  const agreement = Math.min(2, new Set(own.map((pair) => pair.role)).size - 1)
  const proof = ledger.proofOf(fen)
  const witnesses: Witness[] = [
    ...(own.some(({ role }) => role !== 'words') ? ['label' as const] : []),
    ...(own.some(({ role }) => role === 'words') ? ['words' as const] : []),
    ...(isRepeated(own) ? ['repeated' as const] : []),
    ...proof.witnesses,
  ]
  return { fen, own, witnesses, score: weight + agreement + proof.points, row: Math.max(...own.map(({ row }) => row)) }
}

// Printed twice in one row it may have been read once.
function isRepeated(own: readonly Pair[]): boolean {
  return new Set(own.filter(({ role }) => role !== 'words').map(({ row }) => row)).size > 1
}

function doubt(pair: Pair, ledger: Ledger): number {
  const form = pair.form === 'bare' ? (ledger.hasDecimals ? 2 : 1) : 0
  const reduced = pair.role === 'gross' && ledger.discounts.length > 0 ? 1 : 0
  return form + reduced + (pair.confidence < 0.6 ? 2 : 0)
}

const sums: readonly Pair['role'][] = ['paid', 'due', 'total', 'gross', 'method']

/** An amount with a minus was taken off, on a slip that names sums or several items without one. */
function withReductions(pairs: readonly Pair[]): Pair[] {
  const plain = pairs.filter(({ negative, fen }) => !negative && fen > 0)
  const hasSums =
    plain.some(({ role }) => sums.includes(role)) || plain.filter(({ role }) => role === 'item').length > 1
  const isOff = ({ role, negative }: Pair) => negative && hasSums && (role === 'item' || sums.includes(role))
  return pairs.map((pair) => (isOff(pair) ? { ...pair, role: 'discount' } : pair))
}

/**
 * A worn ¥ is also read as a digit: ¥964.02 becomes 4964.02. An amount that begins with such a digit is taken without it
 * when the rest is a total by itself, and nothing speaks for the whole.
 */
function withoutCurrencyDigits(pairs: readonly Pair[]): Pair[] {
  const ledger = ledgerOf(pairs)
  const items = sum(ledger.items)
  return pairs.map((pair) => {
    const [, rest] = /^[147](\d{3,})$/.exec(String(pair.fen)) ?? []
    if (!mayBePaid(pair) || pair.role === 'words' || pair.form !== 'decimal' || !rest || rest.startsWith('0'))
      return pair
    const fen = Number(rest)
    const isKnown = fen === items || pairs.some((other) => other.fen === fen && mayBePaid(other))
    return isKnown && ledger.proofOf(pair.fen).points <= 0 ? { ...pair, fen } : pair
  })
}

// On a slip that says nothing else: the cash handed over, less the change.
function cashKept(pairs: readonly Pair[]): Evidence | null {
  const [cash, ...more] = pairs.filter((pair) => pair.role === 'tendered')
  const back = pairs.find((pair) => pair.role === 'change')
  if (!cash || more.length > 0 || cash.fen <= (back?.fen ?? 0)) return null
  return evidenceOf([{ ...cash, fen: cash.fen - (back?.fen ?? 0) }], back ? ['difference'] : ['label'])
}

function totalOfItems(pairs: readonly Pair[]): Evidence {
  const items = pairs.filter(({ role, fen }) => role === 'item' && fen > 0)
  const last = items.at(-1)
  const before = sum(items.slice(0, -1).map(({ fen }) => fen))
  return items.length > 2 && last && last.fen <= most_fen && before === last.fen
    ? evidenceOf([last], ['sum'])
    : noEvidence
}

function evidenceOf(own: readonly Pair[], witnesses: Witness[]): Evidence {
  const ofLetters = Math.max(...own.map(({ confidence }) => confidence))
  return {
    fen: own[0]?.fen ?? null,
    witnesses,
    confidence: confidenceOf(witnesses.length, ofLetters),
    lines: [...new Set(own.map(({ line }) => line))],
    doubted_fen: null,
  }
}

import { confidenceOf, type Evidence, noEvidence, type Witness } from './evidence.ts'
import { type Ledger, ledgerOf, sum } from './ledger.ts'
import type { Pair } from './pairs.ts'

/**
 * Chooses the amount that was paid, in fen, or none when the evidence is weak. Each amount gets points: first for its
 * label, then for arithmetic that fits or contradicts it (bill - discount = paid, cash - change = paid, parts add up to
 * the payment, items add up to the bill).
 */
export function choosePaid(found: readonly Pair[]): Evidence {
  const pairs = withoutCurrencyDigits(found)
  const ledger = ledgerOf(pairs)
  const values = [...new Set(pairs.filter(mayBePaid).map((pair) => pair.fen))]
  const ranked = values.map((fen) => judge(fen, pairs, ledger)).sort((a, b) => b.score - a.score || b.row - a.row)
  const [best, next] = ranked
  if (!best) return cashKept(pairs) ?? totalOfItems(pairs)
  if (best.score < enoughEvidence) return noEvidence
  if (isDoubtful(best, ledger)) return { ...noEvidence, doubted_fen: best.fen }
  if (next && contests(next, best, ledger)) return noEvidence
  if (isLabelAlone(best) && (isReducedBelow(best, pairs) || exceedsBill(best, ranked, ledger))) return noEvidence
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

interface Judged {
  fen: number
  own: Pair[]
  score: number
  witnesses: Witness[]
  row: number
}

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

const plainYuan_fen = 100_000

/**
 * An amount without fen may have lost its decimal point: 38.00 is then read as 3800. Arithmetic or words must speak for
 * it where other amounts have fen, or where it is large.
 */
function isDoubtful({ fen, own, witnesses }: Judged, ledger: Ledger): boolean {
  if (own.some(({ form }) => form === 'decimal')) return false
  const isProved = witnesses.some((witness) => witness !== 'label' && witness !== 'repeated')
  return !isProved && (ledger.hasDecimals || fen >= plainYuan_fen)
}

// Two amounts that both could be it, and nothing that explains one by the other.
function contests(next: Judged, best: Judged, ledger: Ledger): boolean {
  if (best.score - next.score > 1 || best.witnesses.length > next.witnesses.length) return false
  const isBillBefore = next.fen > best.fen && saysPaid(best) && !saysPaid(next)
  return !isBillBefore && !ledger.explains(best.fen, next.fen)
}

function isLabelAlone({ witnesses }: Judged): boolean {
  return witnesses.every((witness) => witness === 'label')
}

/** A bill with a discount below it, and nothing that was read of what is left. */
function isReducedBelow({ own, row }: Judged, pairs: readonly Pair[]): boolean {
  const isBill = own.every(({ role }) => role === 'total' || role === 'due' || role === 'gross')
  const added: readonly Pair['role'][] = own.every(({ role }) => role === 'gross') ? ['fee', 'tax'] : []
  return (
    isBill &&
    pairs.some(({ role, fen, row: at }) => fen > 0 && at > row && (role === 'discount' || added.includes(role)))
  )
}

/** More was taken than the bill says: cash, whose change was not read. */
function exceedsBill(best: Judged, all: readonly Judged[], ledger: Ledger): boolean {
  const bills = all.filter(({ own }) =>
    own.some(({ role, form }) => form !== 'bare' && (role === 'total' || role === 'due')),
  )
  return saysPaid(best) && bills.some(({ fen }) => fen < best.fen && !ledger.explains(best.fen, fen))
}

function saysPaid({ own }: Judged): boolean {
  return own.some(({ role }) => role === 'paid' || role === 'hero')
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

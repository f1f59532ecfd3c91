import { amountInWords, goesOn } from './amount-in-words.ts'
import type { OcrLine } from './found-text.ts'
import { findMoney, type Money, type MoneyForm } from './money.ts'
import type { Piece, Row } from './rows.ts'
import { findLabels, type Label, type Role } from './words.ts'

/**
 * An amount and its role. The role comes from its label. Others have none: a `hero` is larger than all other amounts,
 * `words` is written in words, `beside` stands between a label and the amount that it names, and an `item` is any other.
 */
export interface Pair {
  role: Role | 'hero' | 'words' | 'beside' | 'item'
  fen: number
  negative: boolean
  form: MoneyForm
  confidence: number
  row: number
  /** Where it stands. */
  line: OcrLine
}

/**
 * Gives every amount of a receipt its role. A label names the amounts to its right, up to the next label. A label alone
 * on its row names the amount below it. An amount that stands alone in the largest figures is a `hero`: payment screens
 * show what was paid that way. Any other amount without a label is an `item`.
 */
export function pairAmounts(rows: readonly Row[]): Pair[] {
  const largest = largestFigures(rows)
  return rows.flatMap((row, index) => {
    const amounts = findMoney(row.text)
    const named = isOnlyMoney(row.text, amounts)
      ? nameByHeadings(row, amounts, headingsOver(row, rows[index - 1]), largest)
      : nameByLabels(findLabels(row.text), amounts)
    const pairs = named.map(({ money: { fen, negative, form, ...place }, role }): Pair => {
      const { line } = pieceAt(row, place)
      return { role, fen, negative, form, confidence: line.confidence, row: index, line }
    })
    return [...pairs, ...inWords(row, index, rows[index - 1]?.text ?? '', rows[index + 1]?.text ?? '')]
  })
}

// Long words go on in the next piece, or in the next row. What goes on is no amount by itself.
function inWords(row: Row, index: number, above: string, below: string): Pair[] {
  const texts = row.pieces.map(({ start, end }) => row.text.slice(start, end))
  return row.pieces.flatMap(({ line }, at) => {
    if (goesOn(at === 0 ? above : (texts[at - 1] ?? ''), texts[at] ?? '')) return []
    const fen = amountInWords(wholeRun([...texts.slice(at), below]))
    const { confidence } = line
    return fen === null ? [] : [{ role: 'words', fen, negative: false, form: 'decimal', confidence, row: index, line }]
  })
}

function wholeRun([first = '', ...others]: string[]): string {
  const broken = others.findIndex((text, at) => !goesOn(at === 0 ? first : (others[at - 1] ?? ''), text))
  return [first, ...(broken === -1 ? others : others.slice(0, broken))].join('')
}

interface Named {
  money: Money
  role: Pair['role']
}

interface Heading {
  role: Role
  piece: Piece
}

function nameByLabels(labels: readonly Label[], amounts: readonly Money[]): Named[] {
  const before = amounts.filter((money) => !labels.some((label) => label.end <= money.start))
  const after = labels.flatMap((label, i) => {
    const until = labels[i + 1]?.start ?? Number.POSITIVE_INFINITY
    const own = amounts.filter(({ start }) => start >= label.end && start < until)
    const best = bestOf(own)
    return own
      .filter((money) => money === best || money.form !== 'bare')
      .map((money): Named => ({ money, role: money === best ? label.role : 'beside' }))
  })
  return [...itemOf(before), ...after]
}

function nameByHeadings(row: Row, amounts: readonly Money[], headings: readonly Heading[], largest: number): Named[] {
  const named: Named[] = amounts.flatMap((money) => {
    const heading =
      headings.length === 1 && amounts.length === 1 ? headings[0] : headings.find((over) => isOver(over, row, money))
    return heading ? [{ money, role: heading.role }] : []
  })
  const [money] = amounts
  const stands =
    money && amounts.length === 1 && money.form !== 'bare' && pieceAt(row, money).line.box.height >= largest
  if (stands && named[0]?.role !== 'other') return [...named, { money, role: 'hero' }]
  return named.length > 0 ? named : itemOf(amounts)
}

// A row of price, count and sum ends with the sum.
function itemOf(amounts: readonly Money[]): Named[] {
  return amounts.slice(-1).map((money) => ({ money, role: 'item' }))
}

// A count may stand between 合计 and its amount. The one with fen is meant, else the one with a currency, else the last.
function bestOf(amounts: readonly Money[]): Money | undefined {
  return (
    amounts.findLast((money) => money.form === 'decimal') ??
    amounts.findLast((money) => money.form === 'currency') ??
    amounts.at(-1)
  )
}

function headingsOver(row: Row, above: Row | undefined): Heading[] {
  const near = above && row.top - above.bottom < 1.5 * (row.bottom - row.top)
  if (!near || findMoney(above.text).length > 0 || headOfItems.test(above.text)) return []
  const labels = findLabels(above.text)
  return above.pieces.flatMap((piece) => {
    const own = labels.filter((label) => label.start >= piece.start && label.end <= piece.end)
    const role = own.at(-1)?.role
    return role && isOnlyLabels(above.text, piece, own) ? [{ role, piece }] : []
  })
}

// The head of a table of items names its columns, not the bill.
const headOfItems = /单价|数量|品名|菜名|名称|项目|税率|\b(?:qty|price|item|description)\b/i

function isOnlyLabels(text: string, piece: Piece, labels: readonly Label[]): boolean {
  let rest = text.slice(piece.start, piece.end)
  for (const label of labels.toReversed()) {
    rest = rest.slice(0, label.start - piece.start) + rest.slice(label.end - piece.start)
  }
  return /^(?:[\s:¥元]|\([^)]*\))*$/.test(rest)
}

function isOver({ piece: { line } }: Heading, row: Row, money: Money): boolean {
  const { x, width } = pieceAt(row, money).line.box
  return Math.min(line.box.x + line.box.width, x + width) > Math.max(line.box.x, x)
}

function isOnlyMoney(text: string, amounts: readonly Money[]): boolean {
  const rest = amounts.reduceRight((left, money) => left.slice(0, money.start) + left.slice(money.end), text)
  return amounts.length > 0 && !/[\p{L}\d]/u.test(rest)
}

// An amount is large when it is so many times as high as the usual figures.
const largeFactor = 1.35

// Figures are compared with figures only: Chinese characters of the same size fill a taller box.
function largestFigures(rows: readonly Row[]): number {
  const pieces = rows.flatMap((row) =>
    row.pieces.map(({ line, start, end }) => ({ height: line.box.height, text: row.text.slice(start, end) })),
  )
  const figures = pieces
    .filter(({ text }) => /\d/.test(text) && !/\p{Script=Han}/u.test(text))
    .map(({ height }) => height)
  const smaller = figures.toSorted((a, b) => a - b).slice(0, -1)
  const usual = median(smaller.length > 0 ? smaller : pieces.map(({ height }) => height))
  const amounts = pieces
    .filter(({ text }) => findMoney(text).some(({ form }) => form !== 'bare'))
    .map(({ height }) => height)
  return Math.max(largeFactor * usual, 0.95 * Math.max(0, ...amounts))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0
}

function pieceAt(row: Row, money: Pick<Money, 'end'>): Piece {
  const piece = row.pieces.findLast(({ start }) => start < money.end)
  if (!piece) throw new Error('an amount lies in one of its row’s pieces')
  return piece
}

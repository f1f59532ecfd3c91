import { findMoney } from './money.ts'
import type { Row } from './rows.ts'
import { findLabels } from './words.ts'

/**
 * Mends forms whose values were printed half a row above their labels: rows of a value alone and of a label alone take
 * turns, and the first one is a value. Each value joins the label below it.
 */
export function joinHalfRows(rows: readonly Row[]): Row[] {
  const joined: Row[] = []
  for (let at = 0; at < rows.length; ) {
    const until = endOfTurns(rows, at)
    for (; at < until; at += 2) {
      const [value, label] = [rows[at], rows[at + 1]]
      if (value && label) joined.push(behind(label, value))
    }
    const next = rows[at]
    if (at === until && next) {
      joined.push(next)
      at += 1
    }
  }
  return joined
}

const fewestPairs = 2

/** Where the turns that begin at a row end; the row itself when there are none. */
function endOfTurns(rows: readonly Row[], from: number): number {
  let at = from
  while (isValue(rows[at]) && isLabel(rows[at + 1])) at += 2
  return at - from >= 2 * fewestPairs && !isValue(rows[at]) && !isLabel(rows[from - 1]) ? at : from
}

/** True for rows in which values stand beside other labels than their own: labels and values are left over. */
export function areMixedUp(rows: readonly Row[]): boolean {
  return rows.filter(isValue).length >= fewestPairs && rows.filter(isLabel).length >= fewestPairs
}

function isValue(row: Row | undefined): boolean {
  if (!row) return false
  const [money, ...more] = findMoney(row.text)
  if (!money || more.length > 0 || money.form === 'bare') return false
  return !/[\p{L}\d]/u.test(row.text.slice(0, money.start) + row.text.slice(money.end).replace(/元/g, ''))
}

/** True for a label, and nothing else, that says what was paid. 已付 alone says only that it was. */
export function isPaidLabel(row: Row): boolean {
  return isLabel(row) && findLabels(row.text)[0]?.role === 'paid' && !/^已/.test(row.text)
}

function isLabel(row: Row | undefined): boolean {
  if (!row || findMoney(row.text).length > 0) return false
  const labels = findLabels(row.text)
  const rest = labels.reduceRight((text, { start, end }) => text.slice(0, start) + text.slice(end), row.text)
  return labels.length === 1 && /^[\s:元¥]*$/.test(rest)
}

function behind(label: Row, value: Row): Row {
  const shift = label.text.length + 1
  const moved = value.pieces.map((piece) => ({ ...piece, start: piece.start + shift, end: piece.end + shift }))
  return {
    text: `${label.text} ${value.text}`,
    pieces: [...label.pieces, ...moved],
    top: Math.min(label.top, value.top),
    bottom: Math.max(label.bottom, value.bottom),
  }
}

import type { OcrLine } from './found-text.ts'
import { normalise } from './normalise.ts'

/** A line, and its place in the text of its row. */
export interface Piece {
  line: OcrLine
  start: number
  end: number
}

/** What stands side by side on a receipt: the pieces from left to right, and their text joined by blanks. */
export interface Row {
  text: string
  pieces: Piece[]
  top: number
  bottom: number
}

/**
 * Puts lines into rows, from top to bottom. A row grows to the right: each line joins the row whose last line stands
 * beside it. So a row may bend with the paper, and a line that is taller than its neighbours can't join two rows. Text
 * that runs down the paper is left out.
 */
export function toRows(lines: readonly OcrLine[]): Row[] {
  const groups: OcrLine[][] = []
  for (const line of lines
    .filter((each) => !runsDown(each))
    .sort((a, b) => a.box.x - b.box.x || middle(a) - middle(b))) {
    const fitting = groups
      .map((group) => ({ group, distance: distanceTo(group, line) }))
      .filter(({ distance }) => distance <= 1)
      .sort((a, b) => a.distance - b.distance)[0]
    if (fitting) fitting.group.push(line)
    else groups.push([line])
  }
  return groups
    .sort((a, b) => mean(a.map(middle)) - mean(b.map(middle)))
    .map(toRow)
    .filter((row) => row.text !== '')
}

const middle = (line: OcrLine): number => line.box.y + line.box.height / 2

function runsDown({ text, box }: OcrLine): boolean {
  return box.height > 1.6 * box.width && [...text].length > 1
}

/** How far a line is from standing behind the row's last line; above 1 it belongs to another row. */
function distanceTo(row: readonly OcrLine[], line: OcrLine): number {
  const last = row.at(-1)
  if (!last || line.box.x < last.box.x + last.box.width - Math.min(last.box.width, line.box.width) / 2) return far
  const height = Math.min(last.box.height, line.box.height)
  const apart = Math.abs(middle(line) - middle(last)) / (height / 2)
  const shared = overlap(last.box, line.box) / height
  // Small fen stand at the foot or the head of large yuan.
  const isSmallFen = shared >= 0.6 && gap(last, line) < height
  return isSmallFen ? Math.min(apart, 1) : apart
}

const far = Number.POSITIVE_INFINITY

function gap(left: OcrLine, right: OcrLine): number {
  return right.box.x - left.box.x - left.box.width
}

function overlap(a: OcrLine['box'], b: OcrLine['box']): number {
  return Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function toRow(lines: readonly OcrLine[]): Row {
  const pieces: Piece[] = []
  let text = ''
  for (const line of lines) {
    const words = withoutDoubledPoint(text, normalise(line.text))
    if (words === '') continue
    if (text !== '') text += joins(text, words, pieces.at(-1)?.line, line) ? '' : ' '
    pieces.push({ line, start: text.length, end: text.length + words.length })
    text += words
  }
  const top = Math.min(...lines.map((line) => line.box.y))
  const bottom = Math.max(...lines.map((line) => line.box.y + line.box.height))
  return { text, pieces, top, bottom }
}

// A label in wide letters arrives as single characters (合 计). A price with small fen arrives in two parts (¥88 .50).
function joins(before: string, after: string, left: OcrLine | undefined, right: OcrLine): boolean {
  if (yuanThenFen.test(`${before.slice(-2)}\n${after}`)) return true
  if (!left || !/\p{Script=Han}$/u.test(before) || !/^\p{Script=Han}/u.test(after)) return false
  return normalise(left.text).length === 1 && normalise(right.text).length <= 2
}

const yuanThenFen = /\d(?:[.,]\n|\n[.,])\d{2}(?![\d.,])/

// Between large yuan and small fen the point may be read twice.
function withoutDoubledPoint(before: string, after: string): string {
  return /\d[.,]$/.test(before) && /^[.,]\d{2}(?!\d)/.test(after) ? after.slice(1) : after
}

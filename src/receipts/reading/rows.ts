/** A piece of text and where it stands in the upright image, in pixels from the top left. */
export interface OcrLine {
  text: string
  box: { x: number; y: number; width: number; height: number }
  /** 0 to 1. */
  confidence: number
}

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
 * Puts lines into rows, from top to bottom. Lines share a row when they overlap in most of the smaller one's height.
 */
export function toRows(lines: readonly OcrLine[]): Row[] {
  const groups: OcrLine[][] = []
  for (const line of [...lines].sort((a, b) => middle(a) - middle(b))) {
    const group = groups.at(-1)
    if (group && sameRow(group, line)) group.push(line)
    else groups.push([line])
  }
  return groups.map(toRow).filter((row) => row.text !== '')
}

/**
 * Makes text easy to compare. Full width becomes half width, and the traditional characters of labels become
 * simplified. Blanks between Chinese characters go. Labels in which a character was misread for a similar one are
 * corrected.
 */
export function normalise(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[計總實應優額單號餘價現費時間稅結帳錢續東據發編]/gu, (character) => simplified[character] ?? character)
    .replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '')
    .trim()
  return misreadings.reduce((words, [wrong, right]) => words.replace(wrong, right), plain)
}

const misreadings: readonly (readonly [RegExp, string])[] = [
  [/(?<=[合总小共])[汁讣什]/gu, '计'],
  [/[台含](?=计)/gu, '合'],
  [/(?<=[实应])[忖村]/gu, '付'],
  [/(?<=[实应])牧/gu, '收'],
  [/[买宾](?=[付收])/gu, '实'],
]

// biome-ignore format: a table
const simplified: Readonly<Record<string, string>> = {
  計: '计', 總: '总', 實: '实', 應: '应', 優: '优', 額: '额', 單: '单', 號: '号', 餘: '余', 價: '价', 現: '现', 費: '费',
  時: '时', 間: '间', 稅: '税', 結: '结', 帳: '账', 錢: '钱', 續: '续', 東: '东', 據: '据', 發: '发', 編: '编',
}

const middle = (line: OcrLine): number => line.box.y + line.box.height / 2

function sameRow(group: readonly OcrLine[], line: OcrLine): boolean {
  const centre = group.reduce((sum, other) => sum + middle(other), 0) / group.length
  const height = Math.min(line.box.height, ...group.map((other) => other.box.height))
  return (
    Math.abs(middle(line) - centre) < height / 2 || group.some((other) => overlap(other.box, line.box) >= 0.6 * height)
  )
}

function overlap(a: OcrLine['box'], b: OcrLine['box']): number {
  return Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
}

function toRow(lines: readonly OcrLine[]): Row {
  const pieces: Piece[] = []
  let text = ''
  for (const line of [...lines].sort((a, b) => a.box.x - b.box.x)) {
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

import { expect, test } from 'bun:test'
import type { FoundText, OcrLine, Quad } from '../../../src/receipts/reading/found-text.ts'
import { readLabels } from '../../../src/receipts/reading/labels.ts'
import { readTexts } from '../../../src/receipts/reading/read-texts.ts'
import { toRows } from '../../../src/receipts/reading/rows.ts'

/** A line at a place; `fall_px` is how much lower its right end is than its left one. */
function textAt(text: string, x: number, y: number, { width = 160, height = 36, fall_px = 0 } = {}): FoundText {
  const quad: Quad = [
    { x, y },
    { x: x + width, y: y + fall_px },
    { x: x + width, y: y + fall_px + height },
    { x, y: y + height },
  ]
  return { text, confidence: 0.98, quad }
}

function lineAt(text: string, x: number, y: number, size: { width?: number; height?: number } = {}): OcrLine {
  const { width = 160, height = 36 } = size
  return { ...textAt(text, x, y, size), box: { x, y, width, height } }
}

const rowsOf = (lines: readonly OcrLine[]): string[] => toRows(lines).map(({ text }) => text)

test('text that runs down the side joins no rows', () => {
  const lines = [
    ...[lineAt('合计', 40, 100), lineAt('66.00', 500, 102)],
    ...[lineAt('税额', 40, 150), lineAt('3.74', 500, 152)],
    lineAt('第二联发票联', 700, 60, { width: 30, height: 300 }),
  ]
  expect(rowsOf(lines)).toEqual(['合计 66.00', '税额 3.74'])
})

test('a row follows the bend of its paper', () => {
  const drop = [0, 12, 24, 36]
  const lines = [0, 44].flatMap((top) => drop.map((y, at) => lineAt(`${top + at}`, at * 200, 100 + top + y)))
  expect(rowsOf(lines)).toEqual(['0 1 2 3', '44 45 46 47'])
})

test('a tall character beside two rows joins neither of them to the other', () => {
  const lines = [
    lineAt('小计', 40, 100),
    lineAt('80.00', 500, 100),
    lineAt('实收', 40, 150),
    lineAt('66.00', 500, 150),
    lineAt('章', 300, 96, { width: 90, height: 92 }),
  ]
  const rows = rowsOf(lines)
  expect(rows).toContainEqual(expect.stringMatching(/^实收( 章)? 66\.00$/))
  expect(rows).toContainEqual(expect.stringMatching(/^小计( 章)? 80\.00$/))
})

test('values that were printed half a row above their labels belong to them', () => {
  const labels = ['消费金额', '优惠金额', '实收金额', '收现金', '找零']
  const values = ['236.00', '-20.00', '216.00', '220.00', '4.00']
  const lines = labels.flatMap((label, at) => [
    lineAt(values[at] ?? '', 500, 100 + at * 100),
    lineAt(label, 40, 145 + at * 100),
  ])
  expect(readLabels([lineAt('苔米人家', 200, 20), ...lines]).amount).toMatchObject({
    fen: 21_600,
    witnesses: ['label', 'difference'],
  })
})

/** A receipt whose lines fall to the right. */
function paperAt(x: number, sum: string, fall_px: number): FoundText[] {
  const rows = [
    ['牛肉面', '28.00'],
    ['米饭', '6.00'],
    ['豆浆', '8.00'],
    ['合计', sum],
    ['实收', sum],
  ]
  return rows.flatMap(([label = '', value = ''], at) => [
    textAt(label, x, 100 + at * 50, { fall_px }),
    textAt(value, x + 260, 100 + at * 50 + fall_px * 1.6, { width: 100, fall_px: fall_px * 0.6 }),
  ])
}

test('values belong to their labels on paper that curls', () => {
  const slopes = [0.06, -0.06]
  const labels = ['牛肉面', '凉拌木耳', '米饭', '豆浆', '酸梅汤', '合计', '优惠', '实收', '现金', '找零']
  const values = ['28.00', '16.00', '6.00', '8.00', '12.00', '70.00', '-7.00', '63.00', '100.00', '37.00']
  const lines = labels.flatMap((label, at) => [
    textAt(label, 40, 100 + at * 42, { fall_px: 160 * (slopes[0] ?? 0) }),
    textAt(values[at] ?? '', 540, 108 + at * 42, { width: 100, fall_px: 100 * (slopes[1] ?? 0) }),
  ])
  const { rows, amount } = readTexts(lines)
  expect(rows).toEqual(labels.map((label, at) => `${label} ${values[at]}`))
  expect(amount.fen).toBe(6_300)
})

test('two receipts side by side have no amount, however each is tilted', () => {
  const two = [...paperAt(40, '42.00', -8), ...paperAt(560, '113.00', 12)]
  expect(readTexts(two)).toMatchObject({ kind: 'several', amount: { fen: null } })
})

test('a receipt beside the card’s slip for it has its amount', () => {
  const two = [...paperAt(40, '42.00', 0), ...paperAt(560, '42.00', 0)]
  expect(readTexts(two)).toMatchObject({ kind: 'receipt', amount: { fen: 4_200 } })
})

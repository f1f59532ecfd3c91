import { expect, test } from 'bun:test'
import { keptReading } from '../../../src/receipts/reading/kept-reading.ts'
import type { Reading } from '../../../src/receipts/reading/reading.ts'

const reading: Reading = {
  kind: 'receipt',
  amount_fen: 9_900,
  witnesses: ['label', 'sum'],
  confidence: 0.9,
  boxes: [{ x: 0.5, y: 0.5, width: 0.1, height: 0.02 }],
  paidAt: '2026-01-01T12:00:00',
  merchantName: '一家店',
  receiptNumber: 'NO-1',
  invoice: null,
  rows: [],
}

test('the text is kept row by row, and a long one is cut', () => {
  expect(keptReading({ ...reading, rows: ['合计', '88.50'] }).text).toBe('合计\n88.50')
  expect(keptReading({ ...reading, rows: Array<string>(100).fill('酸'.repeat(60)) }).text).toHaveLength(4_000)
})

test('an amount above the largest one is kept as evidence alone, and long texts are cut to their columns', () => {
  const over = keptReading({ ...reading, amount_fen: 1_019_100 })
  expect(over).toMatchObject({ amount_fen: null, evidence: { amount_fen: 1_019_100, witnesses: ['label', 'sum'] } })
  expect(keptReading({ ...reading, amount_fen: 999_999 }).amount_fen).toBe(999_999)
  expect(keptReading({ ...reading, receiptNumber: '9'.repeat(80) }).receiptNumber).toHaveLength(64)
})

import { expect, test } from 'bun:test'
import { keptReading } from '../../../src/receipts/reading/kept-reading.ts'

const reading = { amount_fen: 9_900, paidAt: '2026-01-01T12:00:00', merchantName: '一家店', receiptNumber: 'NO-1' }

test('an amount above the largest one is not kept, and long texts are cut to their columns', () => {
  expect(keptReading({ ...reading, amount_fen: 1_000_000 }).amount_fen).toBeNull()
  expect(keptReading({ ...reading, amount_fen: 999_999 }).amount_fen).toBe(999_999)
  expect(keptReading({ ...reading, receiptNumber: '9'.repeat(80) }).receiptNumber).toHaveLength(64)
})

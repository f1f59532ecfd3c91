import { expect, test } from 'bun:test'
import { createCalendar } from '../../src/lib/calendar.ts'
import { type Evidence, flagsOf } from '../../src/receipts/flags.ts'

const reading = { amount_fen: 9_900, paidAt: '2026-01-01T12:00:00', merchantName: '一家店', receiptNumber: 'NO-1' }
const calendar = createCalendar('Asia/Shanghai')
const nothing: Evidence = {
  input_fen: 9_900,
  reading: { ...reading, paidAt: '2026-01-10T23:59:59' },
  today: '2026-01-24',
  similarPhoto: [],
  repeatedNumber: [],
}
const kindsOf = (evidence: Partial<Evidence>) =>
  flagsOf({ ...nothing, ...evidence }, calendar).map(({ flag, upload_id }) => [flag, upload_id])

test('a receipt that agrees with what was typed, or was not read, has no flags', () => {
  expect(kindsOf({})).toEqual([])
  expect(kindsOf({ reading: null })).toEqual([])
  expect(kindsOf({ input_fen: null })).toEqual([])
})

test('another amount, an old receipt and the uploads that look like it are flagged', () => {
  expect(kindsOf({ input_fen: 9_901 })).toEqual([['amount_differs', null]])
  expect(kindsOf({ today: '2026-01-25' })).toEqual([['old_receipt', null]])
  expect(kindsOf({ similarPhoto: ['B'], repeatedNumber: ['C', 'D'] })).toEqual([
    ['similar_photo', 'B'],
    ['repeated_number', 'C'],
    ['repeated_number', 'D'],
  ])
})

import { expect, test } from 'bun:test'
import { createCalendar } from '../../src/lib/calendar.ts'
import { type Evidence, flagsOf, type ReceiptRules } from '../../src/receipts/flags.ts'
import type { ReadEvidence } from '../../src/receipts/reading/kept-reading.ts'

const reading = {
  amount_fen: 9_900,
  paidAt: '2026-01-01T12:00:00',
  merchantName: '一家店',
  receiptNumber: 'NO-1',
  text: '',
}
const calendar = createCalendar('Asia/Shanghai')
const nothing: Evidence = {
  input_fen: 9_900,
  reading: { ...reading, paidAt: '2026-01-10T23:59:59' },
  today: '2026-01-24',
  copies: [],
  repeatedNumber: [],
}
const lenient: ReceiptRules = { isRead: false, merchantNames: [] }
const kindsOf = (evidence: Partial<Evidence>, rules: Partial<ReceiptRules> = {}) =>
  flagsOf({ ...nothing, ...evidence }, { ...lenient, ...rules }, calendar).map(({ flag, upload_id }) => [
    flag,
    upload_id,
  ])

test('a receipt that agrees with what was typed, or was not read, has no flags', () => {
  expect(kindsOf({})).toEqual([])
  expect(kindsOf({ reading: null })).toEqual([])
  expect(kindsOf({ input_fen: null })).toEqual([])
})

test('another amount, an old receipt and the uploads that look like it are flagged', () => {
  expect(kindsOf({ input_fen: 9_901 })).toEqual([['amount_differs', null]])
  expect(kindsOf({ today: '2026-01-25' })).toEqual([['old_receipt', null]])
  expect(kindsOf({ copies: [{ flag: 'similar_photo', upload_id: 'B' }], repeatedNumber: ['C', 'D'] })).toEqual([
    ['similar_photo', 'B'],
    ['repeated_number', 'C'],
    ['repeated_number', 'D'],
  ])
})

test('a receipt without a read amount is flagged as unread where receipts are read, and nowhere else', () => {
  const blank = { ...reading, amount_fen: null, paidAt: null }
  for (const unread of [null, blank]) {
    expect(kindsOf({ reading: unread }, { isRead: true })).toEqual([['unread', null]])
    expect(kindsOf({ reading: unread })).toEqual([])
  }
  expect(kindsOf({}, { isRead: true })).toEqual([])
})

test('where there is no amount, the flag says why', () => {
  const seen = { amount_fen: null, witnesses: [], confidence: 0, boxes: [], invoice: null }
  const flagOf = (evidence: ReadEvidence) =>
    kindsOf({ reading: { ...reading, amount_fen: null, paidAt: null, evidence } }, { isRead: true })
  for (const kind of ['refund', 'unpaid', 'several', 'not_a_receipt'] as const)
    expect(flagOf({ ...seen, kind })).toEqual([
      ['unread', null],
      [kind, null],
    ])
  expect(flagOf({ ...seen, kind: 'receipt' })).toEqual([['unread', null]])
  expect(flagOf({ ...seen, kind: 'receipt', amount_fen: 1_019_100 })).toEqual([['over_limit', null]])
})

test('a receipt that names another restaurant is flagged, and one that names none is not', () => {
  const named = (merchantName: string | null, ...merchantNames: string[]) =>
    kindsOf({ reading: { ...reading, paidAt: null, merchantName } }, { merchantNames })
  expect(named('别家店', '川味小馆', '沙县小吃')).toEqual([['other_merchant', null]])
  expect(named('沙县小吃', '川味小馆', '沙县小吃')).toEqual([])
  expect(named(null, '川味小馆')).toEqual([])
  expect(named('别家店')).toEqual([])
})

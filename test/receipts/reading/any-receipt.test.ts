import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { readLabels } from '../../../src/receipts/reading/labels.ts'
import { linesOf } from '../../support/lines.ts'

const amountOf = (text: string): number | null => readLabels(linesOf(text)).amount.fen

const fenOf = fc.integer({ min: 1, max: 999_999 })
const plain = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
const grouped = (fen: number): string => plain(fen).replace(/\B(?=(\d{3})+\.)/g, ',')
const fullWidth = (fen: number): string =>
  plain(fen).replace(/[\d.]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0))
const styleOf = fc.constantFrom(
  plain,
  grouped,
  fullWidth,
  (fen: number) => `¥${plain(fen)}`,
  (fen: number) => `￥ ${grouped(fen)}`,
  (fen: number) => `${plain(fen)}元`,
  (fen: number) => `RMB ${grouped(fen)}`,
)
const paidLabel = fc.constantFrom('实付', '实收金额', '实 付 款', '支付金额：', '折后实付', '應付金額', 'Amount Paid:')

test('an amount beside its label is read to the fen, however it is written', () => {
  fc.assert(
    fc.property(fenOf, styleOf, paidLabel, fc.constantFrom('|', ' ', '\n'), (fen, style, label, gap) => {
      expect(amountOf(`${label}${gap}${style(fen)}`)).toBe(fen)
    }),
  )
})

test('the bill after the discount is what was paid, whether it is printed before or after it', () => {
  const labels = fc.record({
    bill: fc.constantFrom('合计', '小计', '消费金额', '原价'),
    less: fc.constantFrom('优惠', '代金券', '会员折扣', 'Discount'),
    due: fc.constantFrom('应收', '应付', '折后', '总计', '实收'),
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 999_999 }),
      fc.integer({ min: 1, max: 99 }),
      labels,
      (bill, percent, { bill: billLabel, less, due }) => {
        const discount = Math.max(1, Math.floor((bill * percent) / 100))
        const paid = bill - discount
        fc.pre(paid !== discount)
        expect(amountOf(`${billLabel}|${plain(bill)}\n${less}|-${plain(discount)}\n${due}|${plain(paid)}`)).toBe(paid)
      },
    ),
  )
})

test('cash and change don’t pass for the bill', () => {
  fc.assert(
    fc.property(
      fenOf,
      fc.integer({ min: 1, max: 9999 }),
      fc.constantFrom('合计', '应收', 'Total'),
      fc.constantFrom('现金', '实收', '收款', 'Cash'),
      (bill, change, billLabel, cashLabel) => {
        fc.pre(bill !== change)
        expect(
          amountOf(`${billLabel}|${plain(bill)}\n${cashLabel}|${plain(bill + change)}\n找零|${plain(change)}`),
        ).toBe(bill)
      },
    ),
  )
})

test('the order in which lines were found does not change the reading', () => {
  const lines = linesOf('老王川菜馆\n时间：2026-11-18 12:46\n小计|142.00\n优惠|-14.20\n实付|127.80\n单号|20261118')
  const expected = readLabels(lines)
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
      expect(readLabels(shuffled)).toEqual(expected)
    }),
  )
})

test('any text at all gives a reading within its bounds', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('合计', '实付', '¥', '1,2.3', '找零', '优惠', '-', '12:30', '.', '0.00', '99999999.99'),
  )
  fc.assert(
    fc.property(
      fc
        .array(
          fc.array(word, { maxLength: 4 }).map((words) => words.join('|')),
          { maxLength: 8 },
        )
        .map((rows) => rows.join('\n')),
      (text) => {
        const amount_fen = readLabels(linesOf(text)).amount.fen
        expect(
          amount_fen === null || (Number.isSafeInteger(amount_fen) && amount_fen > 0 && amount_fen < 100_000_000),
        ).toBeTrue()
      },
    ),
  )
})

import { expect, test } from 'bun:test'
import { areOneReceipt, featuresOf } from '../../src/receipts/receipt-text.ts'
import { restaurantReceipt } from '../support/restaurant-receipts.ts'

const textOf = (index: number) => restaurantReceipt(index).rows.join('\n').replaceAll('|', ' ').replace('^', '')
const areOne = (a: string, b: string) => areOneReceipt(featuresOf(a), featuresOf(b))

test('no two of 300 receipts of one restaurant are taken for one, though many have the same dishes and day', () => {
  const features = Array.from({ length: 300 }, (_, index) => featuresOf(textOf(index)))
  const verdicts = features.flatMap((a, index) => features.slice(index + 1).map((b) => areOneReceipt(a, b)))
  expect(verdicts).toHaveLength((300 * 299) / 2)
  expect(new Set(verdicts)).toEqual(new Set([false]))
})

const text = textOf(0)

test.each([
  ['without its first rows', text.split('\n').slice(2).join('\n')],
  ['without its last rows', text.split('\n').slice(0, -2).join('\n')],
  ['with a number that was cut short', text.replace(/(单号:\d{10})\d+/, '$1')],
  ['with another number', text.replace(/单号:\d+/, '单号:202611219999')],
  ['with another total', text.replaceAll('163.00', '963.00')],
  ['without blanks', text.replace(/ (?=\d)/g, '')],
  ['with misread dishes', text.replaceAll('水煮', '水者').replaceAll('啤酒', '脾酒')],
])('a receipt that is read again %s is the same receipt', (_, again) => {
  expect(areOne(text, again)).toBe(true)
})

test('a receipt with another number and other times is another one', () => {
  const another = text.replace(/单号:\d+/, '单号:202611219999').replace('12:30:50', '13:02:11')
  expect(areOne(text, another)).toBe(false)
})

test('a minute alone makes no receipt the same', () => {
  const slip = (dishes: string) => `川味小馆\n2026-11-22 12:30\n${dishes}\n谢谢惠顾`
  expect(areOne(slip('酸菜鱼 78.00\n合计 78.00'), slip('担担面 16.00\n红油抄手 18.00\n合计 34.00'))).not.toBe(true)
  expect(areOne(slip('酸菜鱼 78.00\n合计 78.00'), slip('酸菜鱼 78.00\n合计 78.00'))).toBe(true)
})

test('the restaurant’s own numbers and hours are no marks', () => {
  const footer = '电话:021-63218888\n营业时间 10:00-22:00\n税号 91310000MA1FL4K21X\n商户编号:898310058120001'
  expect(featuresOf(footer).marks.size).toBe(0)
  expect([...featuresOf('支付时间 2026年11月18日12:46:30\n商户单号 1000039920261118124630').marks]).toEqual([
    '1118@12:46:30',
    '1000039920261118124630',
  ])
})

test('texts without marks tell nothing', () => {
  expect(areOne('酸菜鱼 78.00', '酸菜鱼 78.00')).toBeUndefined()
  expect(areOne('', text)).toBeUndefined()
})

test('a text of any length has a bounded number of marks', () => {
  const long = Array.from({ length: 200 }, (_, index) => `单号 ${1_000_000 + index}`).join('\n')
  expect(featuresOf(long).marks.size).toBe(24)
})

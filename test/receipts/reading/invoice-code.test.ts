import { expect, test } from 'bun:test'
import encodeQR from 'qr'
import type { Pixels } from '../../../src/receipts/photo/pixels.ts'
import { findInvoiceCode, parseInvoiceCode } from '../../../src/receipts/reading/invoice-code.ts'

// biome-ignore format: a table
const codes: [text: string, code: object | null][] = [
  ['01,32,,26312000000123456789,1288.50,20261118,,3A7F', { number: '26312000000123456789', amount_fen: 128_850, day: '2026-11-18', includesTax: true }],
  ['01,10,031002400111,24031786,5171.60,20260917,60312881234567890123,9C2E,', { number: '031002400111-24031786', amount_fen: 517_160, day: '2026-09-17', includesTax: false }],
  ['01,32,,26312000000123456789,88,20261118', { number: '26312000000123456789', amount_fen: 8_800, day: '2026-11-18', includesTax: true }],
  ['https://example.com/pay?id=1', null], ['01,32,,123,88.00,20261118', null], ['01,32,,26312000000123456789,abc,20261118', null], ['01,32,,26312000000123456789,88.00,18.11.2026', null], ['', null],
]

test.each(codes)('the code %j says %j', (text, code) => {
  expect(parseInvoiceCode(text)).toEqual(code as ReturnType<typeof parseInvoiceCode>)
})

test('the code is found in a picture, and nothing in a picture without one', () => {
  const text = '01,32,,26312000000123456789,1288.50,20261118,,3A7F'
  expect(findInvoiceCode(drawn(text))).toMatchObject({ amount_fen: 128_850 })
  expect(findInvoiceCode(drawn('no invoice'))).toBeNull()
  expect(findInvoiceCode({ width: 200, height: 200, data: new Uint8Array(120_000).fill(255) })).toBeNull()
})

/** A code in the middle of a white page, four pixels a module. */
function drawn(text: string): Pixels {
  const modules = encodeQR(text, 'raw', { border: 4 })
  const side = 600
  const data = new Uint8Array(side * side * 3).fill(255)
  for (const [row, cells] of modules.entries()) {
    for (const [column, isDark] of cells.entries()) {
      if (!isDark) continue
      for (let y = 0; y < 4; y++) {
        const start = ((100 + row * 4 + y) * side + 100 + column * 4) * 3
        data.fill(0, start, start + 12)
      }
    }
  }
  return { width: side, height: side, data }
}

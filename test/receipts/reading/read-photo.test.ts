import { expect, test } from 'bun:test'
import encodeQR from 'qr'
import type { FoundText } from '../../../src/receipts/reading/found-text.ts'
import type { Page } from '../../../src/receipts/reading/ocr.ts'
import { photoBoxOf } from '../../../src/receipts/reading/photo-box.ts'
import { readPhoto } from '../../../src/receipts/reading/read-photo.ts'
import { linesOf } from '../../support/lines.ts'

const side = 900

interface Seen {
  first: string
  /** What the second reading finds. Without it there must be none. */
  second?: string
  code?: string
  typed?: number
}

async function read({ first, second, code, typed }: Seen) {
  const pixels = { width: side, height: side, data: new Uint8Array(side * side * 3).fill(255) }
  if (code) draw(code, pixels.data)
  const again = async (): Promise<FoundText[]> => {
    if (second === undefined) throw new Error('there is no need to read this again')
    return linesOf(second)
  }
  const page: Page = { texts: linesOf(first), turn: 0, width: side, height: side, pixels, again }
  return readPhoto(async () => page, new Uint8Array(), typed ?? null)
}

function draw(text: string, data: Uint8Array): void {
  for (const [row, cells] of encodeQR(text, 'raw', { border: 4 }).entries()) {
    for (const [column, isDark] of cells.entries()) {
      for (let y = 0; isDark && y < 4; y++) {
        const start = ((300 + row * 4 + y) * side + 300 + column * 4) * 3
        data.fill(0, start, start + 12)
      }
    }
  }
}

const clear = '合计|80.00\n优惠|-14.00\n实付|66.00'

test('an amount that two things speak for is not read again', async () => {
  expect(await read({ first: clear })).toMatchObject({ amount_fen: 6_600, witnesses: ['label', 'difference'] })
})

test('an amount that the diner typed as well is not read again', async () => {
  expect(await read({ first: '实付|66.00', typed: 6_600 })).toMatchObject({ amount_fen: 6_600, witnesses: ['label'] })
})

test('an amount with one witness counts when a second reading finds it again', async () => {
  const found = await read({ first: '实付|66.00', second: '实付|66.00' })
  expect(found).toMatchObject({ amount_fen: 6_600, witnesses: ['label', 'second_reading'] })
})

test('readings that differ say nothing', async () => {
  expect(await read({ first: '实付|66.00', second: '实付|68.00' })).toMatchObject({ amount_fen: null, confidence: 0 })
})

test('an amount that the diner typed otherwise is read again', async () => {
  expect(await read({ first: clear, second: clear, typed: 9_900 })).toMatchObject({ amount_fen: 6_600 })
  const other = '合计|80.00\n优惠|-14.00\n实付|86.00'
  expect(await read({ first: clear, second: other, typed: 9_900 })).toMatchObject({ amount_fen: null })
})

test('an amount of a hundred times what was typed is no reading unless arithmetic speaks for it', async () => {
  const taxi = '金额|380元'
  expect(await read({ first: taxi, second: taxi, typed: 380 })).toMatchObject({ amount_fen: null })
})

test('a decimal point that the first reading lost is found by the second', async () => {
  const [lost, found] = ['单价|2.40元\n金额|¥3800元', '单价|2.40元\n金额|¥38.00元']
  expect(await read({ first: lost, second: found })).toMatchObject({ amount_fen: 3_800 })
  expect(await read({ first: lost, second: lost })).toMatchObject({ amount_fen: null })
})

const digital = '01,32,,26312000000123456789,66.00,20261118,,3A7F'
const older = '01,10,031002400111,24031786,62.26,20261118,60312881234567890123,9C2E,'

test('an invoice whose text can’t be read is read by its code', async () => {
  expect(await read({ first: '模糊', code: digital })).toMatchObject({
    kind: 'receipt',
    amount_fen: 6_600,
    witnesses: ['invoice_code'],
    receiptNumber: '26312000000123456789',
    paidAt: '2026-11-18T00:00:00',
    invoice: { amount_fen: 6_600, day: '2026-11-18' },
  })
})

test('the code of an older invoice may leave out the tax', async () => {
  const invoice = '电子发票\n价税合计(小写)|¥66.00\n大写|陆拾陆圆整'
  const found = await read({ first: invoice, code: older })
  expect(found).toMatchObject({ amount_fen: 6_600, receiptNumber: '031002400111-24031786' })
  expect(found.witnesses).toEqual(['label', 'words', 'invoice_code'])
})

test('the code of an older invoice gives no amount by itself', async () => {
  const found = await read({ first: '电子发票', second: '电子发票', code: older })
  expect(found).toMatchObject({ amount_fen: null, receiptNumber: '031002400111-24031786', witnesses: [] })
})

test('print that two things speak for counts for more than another amount in a code', async () => {
  const invoice = '发票\n价税合计(小写)|¥99.00\n大写|玖拾玖圆整'
  expect(await read({ first: invoice, code: digital })).toMatchObject({ amount_fen: 9_900 })
  expect(await read({ first: '发票\n价税合计|¥99.00', second: '发票\n价税合计|¥99.00', code: digital })).toMatchObject({
    amount_fen: null,
  })
})

test('where the amount stands is told as parts of the photo as it was sent', () => {
  const quad = [
    { x: 100, y: 40 },
    { x: 300, y: 40 },
    { x: 300, y: 80 },
    { x: 100, y: 80 },
  ] as const
  const box = (turn: Page['turn']) => photoBoxOf(quad, { turn, width: 1_000, height: 400 })
  expect(box(0)).toEqual({ x: 0.1, y: 0.1, width: 0.2, height: 0.1 })
  expect(box(90)).toEqual({ x: 0.1, y: 0.7, width: 0.1, height: 0.2 })
  expect(box(180)).toEqual({ x: 0.7, y: 0.8, width: 0.2, height: 0.1 })
  expect(box(270)).toEqual({ x: 0.8, y: 0.1, width: 0.1, height: 0.2 })
})

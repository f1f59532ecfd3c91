import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { amountInWords } from '../../../src/receipts/reading/amount-in-words.ts'
import { inWords } from '../../support/pictures/bill.ts'

// biome-ignore format: a table
const written: [text: string, fen: number | null][] = [
  ['壹佰贰拾捌元整', 12_800], ['人民币(大写):柒拾柒圆陆角整', 7_760], ['伍仟肆佰捌拾壹圆捌角玖分', 548_189], ['壹拾元整', 1_000], ['壹佰零伍元零叁分', 10_503], ['叁佰元正', 30_000],
  ['壹佰贰拾捌', null], ['元整', null], ['壹佰贰捌元整', null], ['贰拾壹佰元整', null], ['伍拾元', 5_000], ['伍拾元的券', null], ['合计叁人', null],
  ['拾元整', null], ['拾捌元整', null], ['壹值贰拾捌元整', null], ['价税合计(大写)⊗贰拾捌元整', 2_800], ['合计人民币叁拾元整', 3_000],
]

test.each(written)('the amount in the words %j is %p fen', (text, fen) => {
  expect(amountInWords(text)).toBe(fen)
})

test('every amount in words is read to the fen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 9_999_999 }), (fen) => {
      expect(amountInWords(inWords(fen))).toBe(fen)
    }),
  )
})

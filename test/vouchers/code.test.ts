import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeIn, newVoucherCode, qrOf } from '../../src/vouchers/code.ts'

const code = 'ABCDE23456'

test.each([
  ['as it is', code],
  ['in small letters', 'abcde23456'],
  ['in full width', 'ＡＢＣＤＥ２３４５６'],
  ['in small full-width letters', 'ａｂｃｄｅ２３４５６'],
  ['in two groups', 'ABCDE 23456'],
  ['with a dash', 'abcde-23456'],
  ['with a full-width dash', 'ABCDE－23456'],
  ['with the long dash of a Chinese keyboard', 'ABCDE——23456'],
  ['with an ideographic blank', '　ABCDE　23456　'],
  ['with a blank after each letter', 'A B C D E 2 3 4 5 6'],
  ['with a middle dot', 'ABCDE·23456'],
  ['with characters that nobody sees', '\u200bABCDE\u200d23456\ufeff'],
  ['at the end of a line', 'ABCDE23456\r\n'],
  ['behind its name', '核销码：ABCDE23456'],
  ['in groups behind its name', '核销码 ABCDE 23456'],
  ['amid a sentence', '您的核销码是ABCDE23456，请到店出示。'],
  ['in brackets', '免费咖啡（abcde23456）'],
  ['between the name and the end', '免费咖啡 核销码 ABCDE23456 有效期至 2026-12-31 23:59'],
  ['as its QR code holds it', 'rp:v1:ABCDE23456'],
  ['twice', 'ABCDE23456 (ABCDE-23456)'],
])('a code is found %s', (_, text) => expect(codeIn(text)).toBe(code))

test.each(['ABCDE2345L', 'abcde2345l', 'ABCDE2345I', 'ABCDE23451', 'abcde-2345１'])(
  '%s means an L at its end',
  (text) => expect(codeIn(text)).toBe('ABCDE2345L'),
)

test.each([
  ['nothing', ''],
  ['too little', 'ABCDE2345'],
  ['too much', 'ABCDE234567'],
  ['a zero, which may be a D or a Q', 'ABCDE23450'],
  ['an O, which may be a D or a Q', 'ABCDE2345O'],
  ['two codes', 'ABCDE23456 ABCDE23457'],
  ['a phone number', '13912345678'],
  ['a date', '2026-12-31 23:59'],
  ['part of an order number', 'EX_ABCDE23456ABCDEF'],
  ['other alphabets', 'АВСDE23456'],
  ['more than anybody types', `${'x'.repeat(300)} ABCDE23456`],
])('in %s there is none', (_, text) => expect(codeIn(text)).toBeUndefined())

test('every code is found in its QR code, in small letters, in full width and in groups of any size', () => {
  const full = (text: string) => text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), (size) => {
      const made = newVoucherCode()
      const grouped = made.match(new RegExp(`.{1,${size}}`, 'g'))?.join(' ') ?? ''
      for (const text of [made, made.toLowerCase(), full(made), grouped, qrOf(made)]) expect(codeIn(text)).toBe(made)
    }),
  )
})

test('a text of any kind costs little time', () => {
  for (const text of ['A '.repeat(100), '-'.repeat(200), 'AAAAAAAAAA'.repeat(20), '1 1'.repeat(66)]) {
    const took_ms = Array.from({ length: 5 }, () => {
      const from = performance.now()
      codeIn(text)
      return performance.now() - from
    })
    expect(Math.min(...took_ms)).toBeLessThan(20)
  }
})

import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CanonicalBytes } from '../../src/tlog/format/bytes.ts'

test('canonical bytes are a tag, then fields after their lengths', () => {
  const bytes = new CanonicalBytes('rp/1')
    .u8(7)
    .u32(258)
    .u64(2 ** 40)
    .i64(-2)
    .text('折')
    .none()
    .bytes(new Uint8Array())
  expect(bytes.done().toString('hex')).toBe(
    [
      '72702f31',
      '000107',
      '000400000102',
      '00080000010000000000',
      '0008fffffffffffffffe',
      '0003e68a98',
      'ffff',
      '0000',
    ].join(''),
  )
})

test('two lists of fields never have the same bytes', () => {
  const fields = fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.constant(null), fc.nat()), { maxLength: 4 })
  const written = (list: (string | number | null)[]) => {
    const bytes = new CanonicalBytes('rp/1')
    for (const field of list)
      field === null ? bytes.none() : typeof field === 'number' ? bytes.u64(field) : bytes.text(field)
    return bytes.done().toString('hex')
  }
  fc.assert(
    fc.property(fields, fields, (left, right) => {
      fc.pre(JSON.stringify(left) !== JSON.stringify(right))
      expect(written(left)).not.toBe(written(right))
    }),
  )
})

test('a number that does not fit its field is refused, and a fraction too', () => {
  const bytes = new CanonicalBytes('rp/1')
  expect(() => bytes.u8(256)).toThrow(RangeError)
  expect(() => bytes.u32(-1)).toThrow(RangeError)
  expect(() => bytes.u64(0.5)).toThrow(RangeError)
  expect(() => bytes.i64(2 ** 53)).toThrow(RangeError)
  expect(() => bytes.bytes(new Uint8Array(65_535))).toThrow(RangeError)
})

test('long fields are kept whole', () => {
  const long = 'x'.repeat(5_000)
  const bytes = new CanonicalBytes('rp/1').u8(1).text(long).u8(2).done()
  expect(bytes.length).toBe(4 + 3 + 2 + 5_000 + 3)
  expect(bytes.subarray(9, 5_009).toString()).toBe(long)
})

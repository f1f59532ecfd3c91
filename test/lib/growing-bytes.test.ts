import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { GrowingBytes } from '../../src/lib/growing-bytes.ts'

const most = 1_000

test('all pieces are there in their order, whatever size was expected; more than the most is nothing', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  fc.assert(
    fc.property(pieces, fc.nat(2 * most), (parts, expected) => {
      const bytes = new GrowingBytes(expected, most)
      for (const part of parts) bytes.append(part)
      const all = Buffer.concat(parts)
      expect(bytes.taken()).toEqual(all.length > most ? undefined : new Uint8Array(all))
    }),
  )
})

test('the bytes have no others beside them in their memory but the room that was expected', () => {
  const bytes = new GrowingBytes(500, most)
  bytes.append(Buffer.from('abc'))
  expect(bytes.taken()?.buffer.byteLength).toBe(500)
})

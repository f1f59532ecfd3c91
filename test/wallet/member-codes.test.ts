import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createMemberCodes } from '../../src/wallet/member-codes.ts'

const secret = 'tests-only-0123456789-abcdefghijklmnop'
const another = 'tests-only-abcdefghijklmnop-0123456789'
const minute_ms = 60_000
let at = Date.UTC(2026, 10, 1, 12, 0, 0)
const now = () => new Date(at)
const codes = createMemberCodes(secret, undefined, now)

test('a code of 18 digits identifies its user, for ids of any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), fc.integer({ min: 0, max: 1e7 }), (userId, minutes) => {
      at = Date.UTC(2026, 0, 1) + minutes * minute_ms
      const { code, expires_in } = codes.codeOf(userId)
      expect([/^\d{18}$/.test(code), expires_in, codes.userOf(code)]).toEqual([true, 60, userId])
    }),
  )
})

test('a code changes every minute, and is valid until the end of the next minute', () => {
  at = Date.UTC(2026, 10, 1, 12, 0, 59)
  const { code, expires_in } = codes.codeOf(7)
  expect(expires_in).toBe(1)
  at += 1_000
  expect(codes.codeOf(7).code).not.toBe(code)
  expect(codes.codeOf(7).expires_in).toBe(60)
  expect(codes.userOf(code)).toBe(7)
  at += minute_ms - 1
  expect(codes.userOf(code)).toBe(7)
  at += 1
  expect(codes.userOf(code)).toBeUndefined()
  at -= 3 * minute_ms
  expect(codes.userOf(code)).toBeUndefined()
})

test('a code with one digit changed, or of another secret, identifies nobody', () => {
  const { code } = codes.codeOf(4_711)
  for (let place = 0; place < code.length; place += 1) {
    const digit = (Number(code[place]) + 1) % 10
    expect(codes.userOf(`${code.slice(0, place)}${digit}${code.slice(place + 1)}`)).toBeUndefined()
  }
  expect(createMemberCodes(another, undefined, now).userOf(code)).toBeUndefined()
})

test('codes of the previous secret are valid while it is configured, and new codes never use it', () => {
  const { code } = codes.codeOf(4_711)
  const rotated = createMemberCodes(another, secret, now)
  expect(rotated.userOf(code)).toBe(4_711)
  expect(rotated.codeOf(4_711).code).not.toBe(code)
})

test('the digits do not reveal the id, and codes of neighbouring ids have nothing in common', () => {
  const hidden = Array.from({ length: 1_000 }, (_, i) => codes.codeOf(i + 1).code.slice(0, 10))
  expect(new Set(hidden).size).toBe(1_000)
  expect(hidden.filter((digits, i) => Number(digits) === i + 1)).toEqual([])
  const firsts = new Set(hidden.map((digits) => digits[0]))
  expect(firsts.size).toBe(10)
})

test.each(['', '0', '1'.repeat(17), '1'.repeat(19), `${'1'.repeat(17)}x`, '１'.repeat(18), '-11111111111111111'])(
  'the text %p is not a member code',
  (code) => expect(codes.userOf(code)).toBeUndefined(),
)

import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { hashCode, waitBeforeSend } from '../../src/accounts/sms-code.ts'

const limits = { perMinute: 1, perHour: 5, perDay: 10 }
const minute_ms = 60_000

test('the first code is sent at once', () => expect(waitBeforeSend([], 1_000_000, limits)).toBe(0))

test('a second code waits for the rest of the minute', () => {
  expect(waitBeforeSend([0], 1_000, limits)).toBe(59)
  expect(waitBeforeSend([0], minute_ms, limits)).toBe(0)
})

test('a sixth code in an hour waits until the first is an hour old', () => {
  const sends = [0, 2, 4, 6, 8].map((minute) => minute * minute_ms)
  expect(waitBeforeSend(sends, 10 * minute_ms, limits)).toBe(50 * 60)
})

test('no window ever holds more codes than its limit, however often someone tries', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 * 3_600_000 }), { maxLength: 80 }), (pauses) => {
      const sent: number[] = []
      let now = 0
      for (const pause of pauses) {
        now += pause
        if (waitBeforeSend(sent, now, limits) === 0) sent.push(now)
      }
      for (const [most, length] of [
        [1, minute_ms],
        [5, 60 * minute_ms],
        [10, 1_440 * minute_ms],
      ] as const) {
        for (const at of sent) expect(sent.filter((s) => s > at - length && s <= at).length).toBeLessThanOrEqual(most)
      }
    }),
  )
})

test('a code may be sent when its wait is over', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(86_400_000), { maxLength: 12 }), fc.nat(86_400_000), (raw, now) => {
      const sends = raw.filter((at) => at <= now).sort((a, b) => a - b)
      const wait_s = waitBeforeSend(sends, now, limits)
      expect(waitBeforeSend(sends, now + wait_s * 1000, limits)).toBe(0)
    }),
  )
})

test('the digest differs for another phone, another code and another secret', () => {
  const digests = [
    hashCode('s1', '13800138000', '123456'),
    hashCode('s1', '13800138000', '123457'),
    hashCode('s1', '13800138001', '123456'),
    hashCode('s2', '13800138000', '123456'),
  ]
  expect(new Set(digests).size).toBe(4)
})

import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createCalendar } from '../../src/lib/calendar.ts'

const shanghai = createCalendar('Asia/Shanghai')
const newYork = createCalendar('America/New_York')

test('a business day begins at midnight in its own time zone', () => {
  expect(shanghai.dayOf(new Date('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22')
  expect(shanghai.dayOf(new Date('2026-11-22T16:00:00.000Z'))).toBe('2026-11-23')
  expect(shanghai.startOf('2026-11-23').toISOString()).toBe('2026-11-22T16:00:00.000Z')
})

test('a day of 23 hours and a day of 25 hours each begin once', () => {
  expect(newYork.startOf('2026-03-08').toISOString()).toBe('2026-03-08T05:00:00.000Z')
  expect(newYork.startOf('2026-03-09').toISOString()).toBe('2026-03-09T04:00:00.000Z')
  expect(newYork.startOf('2026-11-02').toISOString()).toBe('2026-11-02T05:00:00.000Z')
})

test('every instant lies between the start of its day and the start of the next', () => {
  const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, fc.constantFrom(shanghai, newYork), (instant, calendar) => {
      const day = calendar.dayOf(instant)
      expect(calendar.startOf(day).getTime()).toBeLessThanOrEqual(instant.getTime())
      expect(calendar.startOf(calendar.plusDays(day, 1)).getTime()).toBeGreaterThan(instant.getTime())
    }),
  )
})

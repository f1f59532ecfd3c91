import { describe, expect, test } from 'bun:test'
import { newId } from '../../src/lib/random.ts'

const moment_ms = 8_000
const years = (count: number) => count * 365 * 86_400_000

describe('ids', () => {
  test('have 16 characters behind their prefix, now and in a hundred years', () => {
    for (const at of [0, Date.now(), Date.now() + years(100)])
      expect(newId('EX', 10, at)).toMatch(/^EX_[2-9A-HJ-NP-Z]{16}$/)
  })

  test('sort by the moment in which they were made', () => {
    const from = Date.now()
    const moments = [0, 1, 31, 32, 33, 1_023, 1_024, 40_000, 32 ** 4].map((count) => from + count * moment_ms)
    const ids = moments.map((at) => newId('DR', 15, at))
    expect(ids.toSorted()).toEqual(ids)
  })

  test('of one moment differ in what nobody can guess', () => {
    const at = Date.now()
    const ids = Array.from({ length: 50_000 }, () => newId('UP', 10, at))
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(ids.map((id) => id.slice(0, 'UP_'.length + 6))).size).toBe(1)
  })
})

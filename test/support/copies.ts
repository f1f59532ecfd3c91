import { expect } from 'bun:test'
import type { Answer } from './client.ts'

/**
 * Sends `count` copies of one call with its idempotency key at once. Checks that all get the same success, and that all
 * but one are marked as replays. Returns the answer's data. The test itself must check that there was only one effect.
 */
export async function parallelCopies(call: (index: number) => Promise<Answer>, count = 20): Promise<Answer['data']> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => call(index)))
  const told = answers[0]?.data
  for (const { code, data } of answers) expect({ code, data }).toEqual({ code: 0, data: told })
  expect(answers.filter(({ headers }) => headers.get('Idempotency-Replayed') === 'true')).toHaveLength(count - 1)
  return told
}

import { expect } from 'bun:test'
import type { Answer } from './client.ts'

/**
 * Sends `count` copies of one call with its idempotency key at once: all are told the same success, and all but one that
 * it is told again. Answers what they were told; that there was one effect is for the test to see.
 */
export async function parallelCopies(call: (index: number) => Promise<Answer>, count = 20): Promise<Answer['data']> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => call(index)))
  const told = answers[0]?.data
  for (const { code, data } of answers) expect({ code, data }).toEqual({ code: 0, data: told })
  expect(answers.filter(({ headers }) => headers.get('Idempotency-Replayed') === 'true')).toHaveLength(count - 1)
  return told
}

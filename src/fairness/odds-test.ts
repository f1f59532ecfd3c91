import { chiSquarePValue } from './chi-square.ts'

/** How often something came out, and how often its odds let it be expected. */
export interface Tally {
  seen: number
  expected: number
}

/** What is expected less often is put together with others: of rare outcomes the test says too much. */
const leastExpected = 5

/**
 * How likely it is that what came out deviates so much from what was expected. Undefined while there is too little to
 * say anything.
 */
export function oddsPValue(tallies: readonly Tally[]): number | undefined {
  if (tallies.some(({ seen, expected }) => expected === 0 && seen > 0)) return 0
  const total = tallies.reduce((sum, { expected }) => sum + expected, 0)
  const pooled = pool(tallies)
  return chiSquarePValue(
    pooled.map(({ seen }) => seen),
    pooled.map(({ expected }) => expected / total),
  )
}

/** The rarest are put together until each is expected often enough. */
function pool(tallies: readonly Tally[]): Tally[] {
  const pooled: Tally[] = []
  for (const { seen, expected } of tallies.toSorted((a, b) => a.expected - b.expected)) {
    const last = pooled.at(-1)
    if (last && last.expected < leastExpected) {
      last.seen += seen
      last.expected += expected
    } else pooled.push({ seen, expected })
  }
  return pooled
}

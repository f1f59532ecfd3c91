import type { Document, Draw } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { createFairWorld } from './fair-world.ts'

/** Three draws of one diner. The last one has no seed. */
export const requests = [
  { count: 3, clientSeed: 'first' },
  { count: 10, clientSeed: 'second' },
  { count: 5, clientSeed: '' },
]

/** What a diner drew, request by request, in a world of its own. */
export function drawAll(asked: readonly { count: number; clientSeed: string }[]) {
  const world = createFairWorld()
  const draws: Draw[] = []
  for (const { count, clientSeed } of asked) draws.push(world.take(7, count, clientSeed, draws))
  return { world, draws, last: draws.at(-1) as Draw }
}

/** The same until the last draw took a piece of the limited prize. */
export function hitting() {
  for (;;) {
    const drawn = drawAll(requests)
    const at = drawn.last.turns.findIndex(({ stock_before }) => stock_before)
    if (at !== -1) return { ...drawn, at }
  }
}

/** The checks that failed, by name. */
export const failed = (documents: readonly Document[]) =>
  verify(documents)
    .checks.filter(({ state }) => state === 'failed')
    .map(({ name }) => name)

import { within } from './within.ts'

/** One thing that ends when the service stops. */
export interface StopStep {
  name: string
  run(): Promise<unknown>
  /** Tells operators what is left of it, if it did not end in time. */
  left?: () => string
}

/** A step gets at most this share of the time left, so that later steps get some too. */
const share = 2 / 3

/**
 * Ends one thing after the other, all within `most_ms`. A step that takes too long is left behind.
 * @returns the steps that failed or did not end, each with what is left of it; empty when all is well.
 */
export async function stopInOrder(steps: readonly StopStep[], most_ms: number): Promise<string[]> {
  const deadline = performance.now() + most_ms
  const hung: string[] = []
  for (const { name, run, left } of steps) {
    const ended = run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.name : 'failed'),
    )
    const fault = await within(ended, Math.max(0, deadline - performance.now()) * share, 'not ended')
    if (fault !== undefined) hung.push(`${name} (${left?.() ?? fault})`)
  }
  return hung
}

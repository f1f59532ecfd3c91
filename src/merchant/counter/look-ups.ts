import { Refusal, type RefusalCode } from '../../contract/refusals.ts'
import type { RateLimit } from '../../http/rate-limits.ts'
import { createFairSemaphore } from '../../lib/semaphore.ts'

/** Look-ups by code. Nobody can guess codes here, because misses are limited. */
export interface LookUps {
  /**
   * Returns what `look` finds.
   * @throws {Refusal} `missed` when it finds nothing, 9006 after too many misses, 9007 when too many look-ups wait.
   */
  find<Found>(merchantId: number, missed: RefusalCode, look: () => Promise<Found | undefined>): Promise<Found>
}

const lookUpsAtOnce = 16
const mostWaiting = 256

export function createLookUps(misses: RateLimit): LookUps {
  // A merchant's look-ups run one after the other. In parallel, many guesses would pass before their misses are
  // counted.
  const turns = createFairSemaphore(lookUpsAtOnce, 1, mostWaiting, () => new Refusal(9007))
  return {
    find: (merchantId, missed, look) =>
      turns.run(String(merchantId), async () => {
        await misses.check(merchantId)
        const found = await look()
        if (found !== undefined) return found
        await misses.take(merchantId)
        throw new Refusal(missed)
      }),
  }
}

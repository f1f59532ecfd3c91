import { Refusal, type RefusalCode } from '../../contract/refusals.ts'
import type { RateLimit } from '../../http/rate-limits.ts'
import { createFairSemaphore } from '../../lib/semaphore.ts'

/** Look-ups by codes that can't be guessed here: those that miss are few a minute. */
export interface LookUps {
  /**
   * What `look` finds.
   * @throws {Refusal} `missed` when it finds nothing, 9006 after too many misses, 9007 when too many wait.
   */
  find<Found>(merchantId: number, missed: RefusalCode, look: () => Promise<Found | undefined>): Promise<Found>
}

const lookUpsAtOnce = 16
const mostWaiting = 256

export function createLookUps(misses: RateLimit): LookUps {
  // A merchant's look-ups go one after the other: many guesses at once would be judged before any was counted.
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

import { Refusal } from '../contract/refusals.ts'
import { within } from '../lib/within.ts'
import type { EarlierOutcome, TillAnswer } from '../till/operation.ts'
import { OutcomeUnknown } from '../till/ticket.ts'

/** Writes whose callers were told that the outcome is not known yet, until a repeat of the request has heard it. */
export interface Unsettled {
  /**
   * Runs `write`; after an identical request that was left open, it waits for that outcome first and hands it over.
   * Where that request came to nothing, there is no outcome to hand over.
   * @param request who asks for what: equal for identical requests of one user alone
   * @throws {OutcomeUnknown} when it is not known yet
   */
  answer<Answer>(request: string, write: (earlier: EarlierOutcome | undefined) => Promise<Answer>): Promise<Answer>
}

const usualWait_ms = 8_000
const keptFor_ms = 60_000

export function createUnsettled(wait_ms = usualWait_ms): Unsettled {
  const open = new Map<string, Promise<TillAnswer<unknown>>>()

  const keep = (request: string, outcome: Promise<TillAnswer<unknown>>) => {
    open.set(request, outcome)
    const forget = () => {
      if (open.get(request) === outcome) open.delete(request)
    }
    const later = () => setTimeout(forget, keptFor_ms).unref()
    outcome.then(later, later)
  }
  const hear = async (request: string): Promise<EarlierOutcome | undefined> => {
    const outcome = open.get(request)
    if (!outcome) return undefined
    const heard = await within(outcome.then(asEarlier, nothingOf), wait_ms, 'open' as const)
    if (heard === 'open') throw new OutcomeUnknown(outcome)
    open.delete(request)
    return heard
  }

  return {
    async answer(request, write) {
      const earlier = await hear(request)
      try {
        return await write(earlier)
      } catch (error) {
        if (error instanceof OutcomeUnknown) keep(request, error.outcome)
        throw error
      }
    },
  }
}

const asEarlier = ({ answer }: TillAnswer<unknown>): EarlierOutcome => ({ earlier: { answer, replayed: true } })

/** @throws what says that nobody found out */
function nothingOf(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 9009) throw error
}

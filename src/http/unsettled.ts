import { Refusal } from '../contract/refusals.ts'
import { within } from '../lib/within.ts'
import type { TillAnswer } from '../till/operation.ts'
import { OutcomeUnknown } from '../till/ticket.ts'

/**
 * A write request: who sends it where, and its input. The place names the user, so only one user's requests can be
 * equal.
 */
export interface WriteRequest {
  place: string
  asked: string
}

/** Writes whose callers were told 9009, each kept until the same request asks again and gets its outcome. */
export interface Unsettled {
  /**
   * Runs `write`. If an identical request was told 9009, it first waits for that outcome and passes it to `write`;
   * a failed request passes no outcome.
   * @throws {OutcomeUnknown} when the outcome is still not known
   */
  answer<Answer>(
    request: WriteRequest,
    write: (earlier: TillAnswer<unknown> | undefined) => Promise<Answer>,
  ): Promise<Answer>
  /** True while a request from this place has an unknown outcome. */
  isOpen(place: string): boolean
}

interface Open {
  place: string
  outcome: Promise<TillAnswer<unknown>>
  isKnown: boolean
}

const usualWait_ms = 8_000
const keptFor_ms = 60_000

export function createUnsettled(wait_ms = usualWait_ms): Unsettled {
  const open = new Map<string, Open>()

  const keep = (name: string, place: string, outcome: Open['outcome']) => {
    const entry = { place, outcome, isKnown: false }
    open.set(name, entry)
    const forget = () => {
      if (open.get(name) === entry) open.delete(name)
    }
    const known = () => {
      entry.isKnown = true
      setTimeout(forget, keptFor_ms).unref()
    }
    outcome.then(known, known)
  }
  const hear = async (name: string): Promise<TillAnswer<unknown> | undefined> => {
    const outcome = open.get(name)?.outcome
    if (!outcome) return undefined
    const heard = await within(outcome.then(asReplay, nothingOf), wait_ms, 'open' as const)
    if (heard === 'open') throw new OutcomeUnknown(outcome)
    open.delete(name)
    return heard
  }

  return {
    async answer(request, write) {
      const earlier = open.size > 0 ? await hear(nameOf(request)) : undefined
      try {
        return await write(earlier)
      } catch (error) {
        if (error instanceof OutcomeUnknown) keep(nameOf(request), request.place, error.outcome)
        throw error
      }
    },
    isOpen(place) {
      for (const entry of open.values()) if (entry.place === place && !entry.isKnown) return true
      return false
    },
  }
}

const nameOf = ({ place, asked }: WriteRequest) => `${place}\n${asked}`

const asReplay = ({ answer }: TillAnswer<unknown>): TillAnswer<unknown> => ({ answer, replayed: true })

/** @throws {Refusal} 9009 when the outcome could not be found out at all */
function nothingOf(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 9009) throw error
}

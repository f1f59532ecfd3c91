import { Refused, Unanswered } from './api.ts'
import { randomKey } from './random.ts'
import { forget, keep, recall } from './storage.ts'

/** Something that was asked for, and whose answer has not come yet. */
export interface Asked<Body> {
  key: string
  body: Body
  at: number
}

/** The service knows a key for a day. Whoever comes back later finds what happened in the records. */
const life_ms = 23 * 3_600_000
const outcomeUnknown = 9009

const nameOf = (owner: number, what: string) => `asked:${owner}:${what}`

/** What `owner` asked for without hearing the answer. */
export function unheard<Body>(owner: number, what: string): Asked<Body> | null {
  const asked = recall<Asked<Body>>(nameOf(owner, what))
  return asked && Date.now() - asked.at < life_ms ? asked : null
}

/**
 * Asks for something that must happen once. Its key is kept until the answer is there, over reloads: whoever taps again
 * before that, repeats the first request instead of making another one.
 * @throws {Unanswered} while nobody knows what became of it
 */
export async function askOnce<Body, Value>(
  owner: number,
  what: string,
  body: Body,
  ask: (asked: Asked<Body>) => Promise<Value>,
): Promise<Value> {
  const asked = unheard<Body>(owner, what) ?? { key: randomKey(), body, at: Date.now() }
  keep(nameOf(owner, what), asked)
  try {
    const value = await ask(asked)
    forget(nameOf(owner, what))
    return value
  } catch (error) {
    if (error instanceof Refused && error.code === outcomeUnknown) throw new Unanswered(error.message)
    // A session that ended said nothing about what was asked before.
    const isHeard = error instanceof Refused && ![2001, 2002].includes(error.code)
    if (isHeard) forget(nameOf(owner, what))
    throw error
  }
}

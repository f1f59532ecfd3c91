import { type Asked, askOnce } from '../shared/once.ts'
import { me } from '../shared/tokens.ts'
import { texts } from './texts.ts'

/**
 * Asks for a change once. An earlier request for `what` that nobody answered is asked again first.
 * @throws {Error} when it was that earlier one, with other wishes, that is done now
 */
export async function askThis<Body, Value>(
  what: string,
  body: Body,
  ask: (asked: Asked<Body>) => Promise<Value>,
): Promise<Value> {
  let sent = body
  const value = await askOnce(me(), what, body, (asked) => {
    sent = asked.body
    return ask(asked)
  })
  if (JSON.stringify(sent) !== JSON.stringify(body)) throw new Error(texts.earlier)
  return value
}

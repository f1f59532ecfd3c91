import { within } from '../lib/within.ts'
import type { Database } from './client.ts'

interface Waiting<Ask, Answer> {
  ask: Ask
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

/** How long a query may hold up those who ask after it. */
const patience_ms = 50

/**
 * Makes a read that its callers share: whoever asks while a query runs is answered by the next one. A query is sent only
 * after everyone whom it answers has asked. So they all see whatever was committed before, by any replica.
 * @param readAll answers all asks by one query, in their order
 * @param most how many asks one query answers
 */
export function sharedRead<Ask, Answer>(
  readAll: (database: Database, asks: readonly Ask[]) => Promise<readonly Answer[]>,
  most: number,
): (database: Database, ask: Ask) => Promise<Answer> {
  const queues = new WeakMap<Database, Waiting<Ask, Answer>[]>()

  const answer = async (database: Database, waiting: readonly Waiting<Ask, Answer>[]) => {
    try {
      const asks = waiting.map(({ ask }) => ask)
      const answers = await readAll(database, asks)
      for (const [index, { resolve }] of waiting.entries()) resolve(answers[index] as Answer)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
  const answerAll = async (database: Database, queue: Waiting<Ask, Answer>[]) => {
    queues.set(database, queue)
    while (queue.length > 0) await within(answer(database, queue.splice(0, most)), patience_ms, undefined)
    queues.delete(database)
  }
  return (database, ask) =>
    new Promise((resolve, reject) => {
      const waiting = { ask, resolve, reject }
      const queue = queues.get(database)
      if (queue) queue.push(waiting)
      else void answerAll(database, [waiting])
    })
}

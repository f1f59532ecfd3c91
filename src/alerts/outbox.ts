import type { Logger } from 'pino'
import { within } from '../lib/within.ts'
import type { AlertMessage } from './alert.ts'

/** Sends messages to the operators, one after the other. No caller waits for it. */
export interface Outbox {
  push(message: AlertMessage): void
  /** Tries each message that is left once. Ends after `most_ms`. */
  close(most_ms: number): Promise<void>
}

export interface OutboxOptions {
  /** @throws when the receiver did not take it. */
  post: (message: AlertMessage, signal: AbortSignal) => Promise<void>
  logger: Logger
  count?: (outcome: 'sent' | 'failed' | 'dropped') => void
  /** The pause before each further try. */
  pauses_ms?: readonly number[]
  /** The most messages in any minute. A robot takes 20 and blocks a sender of more. */
  perMinute?: number
  /** How long one try may take. */
  timeout_ms?: number
}

const mostWaiting = 50
const minute_ms = 60_000
const usualPauses_ms = [1_000, 5_000, 20_000, 60_000]

/** Delivers with retries, a bounded queue and a rate limit. Its own failures are logged and counted; they don't alert. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { post, logger, count = () => {}, pauses_ms = usualPauses_ms, perMinute = 20, timeout_ms = 5_000 } = options
  const waiting: AlertMessage[] = []
  const sentAt: number[] = []
  const hurry = Promise.withResolvers<'hurry'>()
  const end = new AbortController()
  let hurried = false
  let working: Promise<void> | undefined

  const deliver = async (message: AlertMessage) => {
    for (const pause_ms of [...pauses_ms, undefined]) {
      try {
        await post(message, AbortSignal.any([end.signal, AbortSignal.timeout(timeout_ms)]))
        return count('sent')
      } catch (error) {
        logger.warn({ err: error, event: message.event }, 'an alert was not taken')
      }
      if (pause_ms === undefined || hurried) return count('failed')
      await within(hurry.promise, pause_ms, 'late')
    }
  }
  const ownTurn = async () => {
    const oldest = sentAt.length < perMinute ? undefined : sentAt.shift()
    if (oldest !== undefined) await within(hurry.promise, oldest + minute_ms - performance.now(), 'late')
    sentAt.push(performance.now())
  }
  const work = async () => {
    for (let message = waiting.shift(); message && !end.signal.aborted; message = waiting.shift()) {
      await ownTurn()
      await deliver(message)
    }
  }

  return {
    push(message) {
      if (waiting.length >= mostWaiting) {
        waiting.shift()
        count('dropped')
      }
      waiting.push(message)
      working ??= work().finally(() => {
        working = undefined
      })
    },
    async close(most_ms) {
      hurried = true
      hurry.resolve('hurry')
      await within(working ?? Promise.resolve(), most_ms, undefined)
      end.abort()
      await working
    },
  }
}

import { randomBytes } from 'node:crypto'
import { Refusal } from '../contract/refusals.ts'
import { Lane } from './lane.ts'
import type { IdempotencyKey, Operation, TillAnswer } from './operation.ts'
import type { TillOptions } from './options.ts'

/** The only writer of points and stock. It gathers operations into batches; each batch is one transaction. */
export interface Till<Announcement = unknown> {
  /**
   * Runs an operation and returns its answer once that is committed.
   * @throws {Refusal} what the operation threw. 9007 when the till is full, is closed or has no database; nothing
   * happened then. 9008 when the key was used for another request. 9009 as `OutcomeUnknown`.
   */
  run<Input, Answer>(
    operation: Operation<Input, Answer, Announcement>,
    input: Input,
    idempotency?: IdempotencyKey,
  ): Promise<TillAnswer<Answer>>
  /** Operations waiting, over all lanes. */
  waiting(): number
  /** How long the till has been finding out whether its oldest lost COMMIT happened; 0 when there is none. */
  settling_ms(): number
  /** Takes nothing more. Resolves when everything taken is answered. */
  close(): Promise<void>
}

const sweepEvery_ms = 500

export function createTill<Announcement>(options: TillOptions<Announcement>): Till<Announcement> {
  const { queueLimit, queueTimeout_ms = 8_000, settleTimeout_ms = 8_000 } = options
  const instance = randomBytes(12).toString('hex')
  const lanes = Array.from(
    { length: options.lanes },
    (_, index) => new Lane(`${instance}-${index}`, { ...options, queueTimeout_ms, settleTimeout_ms }),
  )
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  const sweeper = setInterval(() => {
    for (const lane of lanes) lane.dropOlderThan(performance.now() - queueTimeout_ms)
  }, sweepEvery_ms)
  let closed = false

  return {
    run<Input, Answer>(
      operation: Operation<Input, Answer, Announcement>,
      input: Input,
      idempotency?: IdempotencyKey,
    ): Promise<TillAnswer<Answer>> {
      const isFull = waiting() >= queueLimit
      if (isFull) options.onFull?.()
      if (closed || isFull) return Promise.reject(new Refusal(9007))
      const lane = lanes[laneOf(operation.laneKey(input), lanes.length)] as Lane<Announcement>
      return lane.run(operation, input, idempotency)
    },
    waiting,
    settling_ms: () => Math.max(...lanes.map((lane) => lane.settling_ms)),
    async close() {
      closed = true
      await Promise.all(lanes.map((lane) => lane.drained()))
      clearInterval(sweeper)
    },
  }
}

/**
 * The lane of a key. It is always the same one, which keeps the key's operations and announcements in order. The hash
 * (FNV-1a, then the last step of MurmurHash3) spreads keys evenly, also where a cluster makes ids in steps.
 */
export function laneOf(laneKey: string | number, lanes: number): number {
  const text = String(laneKey)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes
}

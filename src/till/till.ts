import { randomBytes } from 'node:crypto'
import { Refusal } from '../contract/refusals.ts'
import { Lane } from './lane.ts'
import type { Idempotency, Operation, TillAnswer } from './operation.ts'
import type { TillOptions } from './options.ts'

/** The only writer of points and stock: gathers operations into batches, each one transaction. */
export interface Till<Announcement = unknown> {
  /**
   * Runs an operation to its committed answer.
   * @throws {Refusal} what the operation threw, 9007 when the till is full, closed or without a database, or 9008.
   */
  run<Input, Answer>(
    operation: Operation<Input, Answer, Announcement>,
    input: Input,
    idempotency?: Idempotency,
  ): Promise<TillAnswer<Answer>>
  /** Operations waiting, over all lanes. */
  waiting(): number
  /** Takes nothing more and resolves when everything taken is answered. */
  close(): Promise<void>
}

const sweepEvery_ms = 500

export function createTill<Announcement>(options: TillOptions<Announcement>): Till<Announcement> {
  const { queueLimit, queueTimeoutMs = 8_000 } = options
  const instance = randomBytes(12).toString('hex')
  const lanes = Array.from(
    { length: options.lanes },
    (_, index) => new Lane(`${instance}-${index}`, { ...options, queueTimeoutMs }),
  )
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  const sweeper = setInterval(() => {
    for (const lane of lanes) lane.dropOlderThan(Date.now() - queueTimeoutMs)
  }, sweepEvery_ms)
  let closed = false

  return {
    run<Input, Answer>(
      operation: Operation<Input, Answer, Announcement>,
      input: Input,
      idempotency?: Idempotency,
    ): Promise<TillAnswer<Answer>> {
      const isFull = waiting() >= queueLimit
      if (isFull) options.onFull?.()
      if (closed || isFull) return Promise.reject(new Refusal(9007))
      const lane = lanes[laneOf(operation.owner(input), lanes.length)] as Lane<Announcement>
      return lane.run(operation, input, idempotency)
    },
    waiting,
    async close() {
      closed = true
      await Promise.all(lanes.map((lane) => lane.drained()))
      clearInterval(sweeper)
    },
  }
}

/** One owner always has one lane, which keeps that owner's operations and announcements in order. */
function laneOf(owner: string | number, lanes: number): number {
  if (typeof owner === 'number') return owner % lanes
  let hash = 0
  for (let i = 0; i < owner.length; i += 1) hash = (hash * 31 + owner.charCodeAt(i)) >>> 0
  return hash % lanes
}

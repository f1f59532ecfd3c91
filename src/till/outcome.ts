import { randomInt } from 'node:crypto'
import type { Database } from '../db/client.ts'
import {
  CommitUnknown,
  DatabaseAway,
  isConnectionLoss,
  isSerializationFailure,
  type SessionPlace,
} from '../db/errors.ts'
import { placeOf } from '../db/session.ts'
import { type Transaction, transact } from '../db/transact.ts'

/** The row that says which batch of a lane was committed last. */
export interface Marker {
  lane: string
  batch: number
}

const maxTries = 5
const maxRetry_ms = 3_000
const minPause_ms = 5
const maxPause_ms = 100
const settlePause_ms = 200

/**
 * Writes the marker before anything else of the batch's transaction. So whoever sends COMMIT holds the marker's lock, and
 * {@link settle} waits for it.
 */
export function markBatch(tx: Transaction, { lane, batch }: Marker): void {
  tx.later(
    `INSERT INTO till_lanes (lane, batch, updated_at) VALUES (?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE batch = VALUES(batch), updated_at = VALUES(updated_at)`,
    [lane, batch],
  )
}

/**
 * Runs a whole transaction again after a deadlock, a lock wait timeout or a lost connection. Tries are bounded, with
 * full jitter between them. When the outcome of COMMIT is unknown, `happened` finds out first; only what did not happen
 * is run again.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  happened: (lost: CommitUnknown) => Promise<boolean>,
): Promise<{ result: T; retries: number }> {
  const giveUpAt = performance.now() + maxRetry_ms
  for (let tries = 1; ; tries += 1) {
    try {
      return { result: await attempt(), retries: tries - 1 }
    } catch (error) {
      if (error instanceof CommitUnknown && (await happened(error))) {
        return { result: error.result as T, retries: tries - 1 }
      }
      if (!isRetriable(error) || tries >= maxTries || performance.now() >= giveUpAt) throw error
      await Bun.sleep(randomInt(minPause_ms, maxPause_ms))
    }
  }
}

function isRetriable(error: unknown): boolean {
  if (error instanceof DatabaseAway) return false
  return error instanceof CommitUnknown || isSerializationFailure(error) || isConnectionLoss(error)
}

export interface Settling {
  database: Database
  marker: Marker
  lost: CommitUnknown
  /** Returns a number that no batch of the lane has had. */
  nextBatch: () => number
  /** True when it need not go on: no caller waits for the outcome any more. */
  isGivenUp: () => boolean
}

/**
 * Finds out whether the batch of a lost COMMIT took effect; undefined when it gave up. It asks until a database
 * answers, however long that takes. The lane must wait for it: the next batch would overwrite the marker.
 *
 * Reading the marker is not enough, because a server of a cluster may be behind the others. So each try overwrites the
 * marker with a number of its own and commits. Only a current, writable server can do that. If the batch had not been
 * committed by then it never will be: its own write of the marker now conflicts.
 */
export async function settle(settling: Settling): Promise<boolean | undefined> {
  const { database, marker, lost, isGivenUp } = settling
  const answers = new Map([[marker.batch, true]])
  for (let tries = 0; !isGivenUp(); tries += 1) {
    try {
      return await overwrite(settling, answers)
    } catch (error) {
      // Only when we wait for that session's lock. After a restart its id may belong to another connection.
      if (tries > 0 && isSerializationFailure(error)) await kill(database, lost.place).catch(() => {})
      await Bun.sleep(settlePause_ms)
    }
  }
  return undefined
}

/** @param answers what each number in the marker's row says of the lost batch; the COMMIT of a try may be lost too */
function overwrite({ database, marker, nextBatch }: Settling, answers: Map<number, boolean>): Promise<boolean> {
  const batch = nextBatch()
  return transact(database, async (tx) => {
    const [row] = await tx.query<{ batch: number }>('SELECT batch FROM till_lanes WHERE lane = ? FOR UPDATE', [
      marker.lane,
    ])
    const answer = (row && answers.get(row.batch)) ?? false
    answers.set(batch, answer)
    // Not one INSERT … ON DUPLICATE KEY UPDATE: it would overwrite, unread, a row that came after our look.
    const sql = row
      ? 'UPDATE till_lanes SET batch = ?, updated_at = UTC_TIMESTAMP(3) WHERE lane = ?'
      : 'INSERT INTO till_lanes (batch, updated_at, lane) VALUES (?, UTC_TIMESTAMP(3), ?)'
    await tx.write(sql, [batch, marker.lane])
    return answer
  })
}

async function kill(database: Database, { server, threadId }: SessionPlace): Promise<void> {
  const connection = await database.acquire()
  try {
    if (placeOf(connection).server === server) await connection.query('KILL ?', [threadId])
  } finally {
    connection.destroy()
  }
}

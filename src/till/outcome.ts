import { randomInt } from 'node:crypto'
import type { Database } from '../db/client.ts'
import { CommitUnknown, DatabaseAway, isConnectionLoss, isSerializationFailure } from '../db/errors.ts'
import type { Transaction } from '../db/transact.ts'

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

/** Writes the marker, last, inside the batch's transaction. */
export async function markBatch(tx: Transaction, { lane, batch }: Marker): Promise<void> {
  await tx.write(
    `INSERT INTO till_lanes (lane, batch, updated_at) VALUES (?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE batch = VALUES(batch), updated_at = VALUES(updated_at)`,
    [lane, batch],
  )
}

/**
 * Runs a whole transaction again after a deadlock, a lock wait timeout or a lost connection: full jitter, bounded.
 * When the answer to COMMIT was lost, finds out before anyone is answered, and runs again only what did not happen.
 */
export async function withRetries<T>(
  database: Database,
  marker: Marker,
  attempt: () => Promise<T>,
): Promise<{ result: T; retries: number }> {
  const giveUpAt = Date.now() + maxRetry_ms
  for (let tries = 1; ; tries += 1) {
    try {
      return { result: await attempt(), retries: tries - 1 }
    } catch (error) {
      if (error instanceof CommitUnknown && (await happened(database, marker, error))) {
        return { result: error.result as T, retries: tries - 1 }
      }
      if (!isRetriable(error) || tries >= maxTries || Date.now() >= giveUpAt) throw error
      await Bun.sleep(randomInt(minPause_ms, maxPause_ms))
    }
  }
}

function isRetriable(error: unknown): boolean {
  return !(error instanceof DatabaseAway) && (isSerializationFailure(error) || isConnectionLoss(error))
}

/**
 * True when the batch of a lost COMMIT took effect. The marker row is locked by the lost transaction for as long as its
 * fate is open, so that a locking read of it answers only when the fate is known.
 */
async function happened(database: Database, marker: Marker, lost: CommitUnknown): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    try {
      const rows = await database.query<{ batch: number }>('SELECT batch FROM till_lanes WHERE lane = ? FOR UPDATE', [
        marker.lane,
      ])
      return rows[0]?.batch === marker.batch
    } catch (error) {
      // Only where its lock is what we wait for: after a restart of the server its number may be another connection's.
      if (tries > 0 && isSerializationFailure(error)) await database.query('KILL ?', [lost.threadId]).catch(() => {})
      await Bun.sleep(settlePause_ms)
    }
  }
}

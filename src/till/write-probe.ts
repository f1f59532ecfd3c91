import { randomBytes } from 'node:crypto'
import type { Database } from '../db/client.ts'

/**
 * Makes the question whether the database can be written: a committed write to a row of this process's own, beside the
 * lanes' rows. A server that is read-only, full, or without its majority answers reads all the same.
 * @throws when it can't
 */
export function createWriteProbe({ query }: Pick<Database, 'query'>): (timeout_ms: number) => Promise<void> {
  const lane = `${randomBytes(12).toString('hex')}-probe`
  return async (timeout_ms) => {
    await query(
      `INSERT INTO till_lanes (lane, batch, updated_at) VALUES (?, 1, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE batch = batch + 1, updated_at = VALUES(updated_at)`,
      [lane],
      timeout_ms,
    )
  }
}

import { randomBytes } from 'node:crypto'
import type { Database } from '../db/client.ts'

/**
 * Makes a function that checks whether the database can be written to, on a connection for transactions. It commits a
 * write to a row of this process's own, beside the lanes' rows. Reads prove less: a server that is read-only, full or
 * without its majority answers them. The function rejects when the write fails.
 */
export function createWriteProbe({ acquire }: Pick<Database, 'acquire'>): (timeout_ms: number) => Promise<void> {
  const lane = `${randomBytes(12).toString('hex')}-probe`
  const sql = `INSERT INTO till_lanes (lane, batch, updated_at) VALUES (?, 1, UTC_TIMESTAMP(3))
                 ON DUPLICATE KEY UPDATE batch = batch + 1, updated_at = VALUES(updated_at)`
  return async (timeout_ms) => {
    const connection = await acquire()
    try {
      await connection.query({ sql, timeout: timeout_ms }, [lane])
      connection.release()
    } catch (error) {
      connection.destroy()
      throw error
    }
  }
}

import { expect } from 'bun:test'
import type { Database } from '../../src/db/client.ts'

const patience_ms = 20_000
/** The server tells the same as before to whoever asks again within 100 ms. */
const pause_ms = 120

/** Resolves when this many transactions wait for a lock that somebody else holds. */
export async function waitingForLocks(database: Database, count = 1): Promise<void> {
  const waiting = () => database.query("SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'")
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; ) {
    await Bun.sleep(pause_ms)
    if ((await waiting()).length === count) return
  }
  expect(await waiting(), 'transactions that wait').toHaveLength(count)
}

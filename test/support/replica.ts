import type { Push } from '../../src/contract/messages.ts'
import { Refusal } from '../../src/contract/refusals.ts'
import { openDatabase } from '../../src/db/client.ts'
import { createTill, type Till } from '../../src/till/till.ts'
import type { TestService } from './service.ts'

/** Runs work with a second till on the service's database, which has its own lanes. `heard` is what it published. */
export async function withReplica<T>(
  service: TestService,
  work: (replica: { till: Till<Push>; heard: Push[] }) => Promise<T>,
): Promise<T> {
  const heard: Push[] = []
  const database = openDatabase({ address: { uri: service.databaseUrl }, poolSize: 6 })
  const till = createTill<Push>({
    database,
    lanes: 2,
    batchSize: 64,
    queueLimit: 1_000,
    now: service.clock.now,
    publish: (pushes) => heard.push(...pushes),
  })
  try {
    return await work({ till, heard })
  } finally {
    await till.close()
    await database.close()
  }
}

/** 0 for a success, else the refusal's code. */
export async function codeOf(running: Promise<unknown>): Promise<number> {
  try {
    await running
    return 0
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

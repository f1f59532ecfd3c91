import { expect } from 'bun:test'
import { type RunningServer, startServer } from '../../src/server.ts'
import { type Settings, type TestService, testConfig } from './service.ts'

/** Works with a replica that speaks to older builds and has empty caches, and settings of its own. */
export async function withFreshReplica(
  { databaseUrl, dataDir, clock }: TestService,
  settings: Settings,
  work: (replica: RunningServer) => Promise<void>,
): Promise<void> {
  const config = testConfig(databaseUrl, { DATA_DIR: dataDir, DIALECTS: 'on', ...settings })
  const replica = await startServer(config, () => {}, { now: clock.now })
  try {
    await work(replica)
  } finally {
    expect(await replica.stop()).toEqual([])
  }
}

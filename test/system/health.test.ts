import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { databaseCheckOf } from '../../src/composition/observation.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { createDiskStore } from '../../src/storage/disk-store.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { testConfig } from '../support/service.ts'
import { until } from '../support/sockets.ts'

let dataDir: string
let admin: Database
let running: RunningServer
let client: Client

/** The service uses a database account as in production: without the right to write to a read-only server. */
beforeAll(async () => {
  const databaseUrl = await createTestDatabase(`points_health_${process.pid}`)
  admin = openDatabase({ address: { uri: databaseUrl }, poolSize: 1 })
  const account = new URL(databaseUrl)
  account.username = 'points_plain'
  await admin.query(`DROP USER IF EXISTS 'points_plain'@'localhost'`)
  await admin.query(`CREATE USER 'points_plain'@'localhost'`)
  await admin.query(`GRANT ALL ON \`points_health_${process.pid}\`.* TO 'points_plain'@'localhost'`)
  dataDir = mkdtempSync(join(tmpdir(), 'points-health-'))
  running = await startServer(testConfig(account.toString(), { DATA_DIR: dataDir }), () => {})
  client = await createClient(running.url)
})
afterAll(async () => {
  await running.stop()
  await admin.query(`DROP USER 'points_plain'@'localhost'`)
  await admin.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const statusOf = async (path: string) => (await fetch(`${running.url}${path}`)).status
const health = async () => {
  const response = await fetch(`${running.url}/health`)
  const { status, checks } = (await response.json()) as { status: string; checks: Record<string, string> }
  return { http: response.status, status, database: checks.database, storage: checks.storage }
}
const login = () => client.post('/api/auth/login', { body: { phone: newPhone(), code: '123456' } })

describe('a database that answers reads but takes no writes', () => {
  test('a read-only database counts as away: the replica is not ready, and writes get 9007', async () => {
    await admin.query('SET GLOBAL read_only = 1')
    try {
      await until(async () => (await statusOf('/health/ready')) === 503)
      expect(await health()).toMatchObject({ http: 503, status: 'unhealthy', database: 'away', storage: 'ok' })
      expect((await login()).code).toBe(9007)
      await until(() => !running.services.databaseWatch.isUp, 8_000)
    } finally {
      await admin.query('SET GLOBAL read_only = 0')
    }
    await until(async () => (await statusOf('/health/ready')) === 200)
    expect((await login()).code).toBe(0)
  })

  test('a connection that is read-only ends with the first write that it refuses', async () => {
    await admin.query('SET GLOBAL tx_read_only = 1')
    try {
      await Promise.all(Array.from({ length: 40 }, login))
    } finally {
      await admin.query('SET GLOBAL tx_read_only = 0')
    }
    await Promise.all(Array.from({ length: 40 }, login))
    const codes = (await Promise.all(Array.from({ length: 80 }, login))).map(({ code }) => code)
    expect(codes.filter((code) => code !== 0)).toEqual([])
    expect(await statusOf('/health/ready')).toBe(200)
  })

  test('the database counts as away while the outcome of a COMMIT stays unknown for seconds', async () => {
    const { database } = running.services
    expect(await databaseCheckOf(database, { settling_ms: () => 1_000 })()).toBe('ok')
    expect(await databaseCheckOf(database, { settling_ms: () => 4_000 })()).toBe('away')
  })
})

describe('a store that can’t keep anything', () => {
  test('a store that fails makes the service unhealthy, but balancers keep it in use', async () => {
    rmSync(join(dataDir, 'images'), { recursive: true, force: true })
    writeFileSync(join(dataDir, 'images'), '')
    await until(async () => (await health()).storage === 'away', 12_000)
    expect(await health()).toMatchObject({ http: 503, status: 'unhealthy', database: 'ok' })
    expect(await Promise.all(['/health/ready', '/health/open'].map(statusOf))).toEqual([200, 200])
    rmSync(join(dataDir, 'images'))
    await until(async () => (await statusOf('/health')) === 200, 12_000)
  })

  test('a full disk fails the check of the store, although an empty file would fit', async () => {
    const full = join(dataDir, 'full')
    mkdirSync(full)
    if ((await $`mount -t tmpfs -o size=16k tmpfs ${full}`.quiet().nothrow()).exitCode !== 0)
      return void process.stdout.write('skipped: this account may not mount a small disk\n')
    try {
      writeFileSync(join(full, 'photo'), new Uint8Array(16 * 1024))
      await expect(createDiskStore(full).check()).rejects.toMatchObject({ code: 'ENOSPC' })
    } finally {
      await $`umount ${full}`.quiet()
    }
  })
})

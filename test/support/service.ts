import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedWheel } from '../../src/composition/seed.ts'
import { type Config, loadConfig } from '../../src/config/config.ts'
import type { Database } from '../../src/db/client.ts'
import type { Time } from '../../src/lib/time.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { type Client, createClient } from './client.ts'
import { createTestDatabase } from './database.ts'

/** Settings that differ from the defaults, by their environment names. */
export type Settings = Partial<Record<keyof Config, string>>

/** A whole running service on its own database, which is emptied before each test and reconciled after it. */
export interface TestService {
  readonly url: string
  readonly databaseUrl: string
  /** The service's data directory, empty before each test. */
  readonly dataDir: string
  readonly services: RunningServer['services']
  readonly database: Database
  /** The service's clock. `advance` lets time pass; `shift` moves only the time of day. */
  readonly clock: Time & { advance(ms: number): void; shift(ms: number): void }
  /** Calls over HTTP. It checks each answer against the OpenAPI document. */
  readonly client: Client
  /** What the service printed to its terminal. */
  readonly printed: string[]
}

const base: Settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'silent',
  RATE_LIMIT: 'off',
  DAILY_LOTTERY_LIMIT: '0',
  PENDING_ORDERS: '0',
  JWT_SECRET: 'tests-only-0123456789-abcdefghijklmnop',
  DATABASE_POOL: '10',
  JOBS: 'off',
  OCR: 'off',
  DIALECTS: 'off',
}

/** The settings of a service on `databaseUrl`. */
export function testConfig(databaseUrl: string, settings: Settings = {}): Config {
  return loadConfig({ ...base, DATABASE_URL: databaseUrl, ...settings })
}

/** Starts the service for a test file, and stops it at its end. */
export function useService(settings: Settings = {}): TestService {
  let [offset_ms, passed_ms] = [0, 0]
  let running: RunningServer
  let databaseUrl = ''
  let dataDir = ''
  let client: Client
  const printed: string[] = []
  const clock = {
    now: () => new Date(Date.now() + offset_ms),
    elapsed_ms: () => performance.now() + passed_ms,
    advance: (ms: number) => {
      offset_ms += ms
      passed_ms += ms
    },
    shift: (ms: number) => {
      offset_ms += ms
    },
  }
  beforeAll(async () => {
    databaseUrl = await createTestDatabase(`points_test_${process.pid}`)
    dataDir = mkdtempSync(join(tmpdir(), 'restaurant-points-test-'))
    running = await startServer(
      testConfig(databaseUrl, { DATA_DIR: dataDir, ...settings }),
      (line) => printed.push(line),
      clock,
    )
    client = await createClient(running.url)
  })
  beforeEach(async () => {
    offset_ms = 0
    printed.length = 0
    rmSync(join(dataDir, 'images'), { recursive: true, force: true })
    await wipe(running.services)
  })
  afterEach(async () => {
    expect(await findMismatches(running.services.database)).toEqual([])
  })
  afterAll(async () => {
    expect(await running.stop()).toEqual([])
    rmSync(dataDir, { recursive: true, force: true })
  })
  return {
    get url() {
      return running.url
    },
    get databaseUrl() {
      return databaseUrl
    },
    get dataDir() {
      return dataDir
    },
    get services() {
      return running.services
    },
    get database() {
      return running.services.database
    },
    get client() {
      return client
    },
    clock,
    printed,
  }
}

/** Empties every table but that of the migrations, and installs the default wheel again. */
async function wipe(services: RunningServer['services']): Promise<void> {
  const { database, caches } = services
  const tables = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name <> 'migrations'`,
  )
  const connection = await database.acquire()
  await connection.query('SET FOREIGN_KEY_CHECKS = 0')
  for (const { name } of tables) await connection.query(`DELETE FROM \`${name}\``)
  await connection.query('SET FOREIGN_KEY_CHECKS = 1')
  connection.release()
  await seedWheel(services)
  caches.catalogue.invalidate()
  caches.wheel.invalidate()
  caches.pastDays.clear()
  caches.pastWheels.clear()
}

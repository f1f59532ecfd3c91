import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { databaseServerProgram, initialize, serverCommand } from '../../src/db/server-program.ts'
import { until } from './sockets.ts'

/** The time of day of a program, which a test can move while it runs. Its steady clock goes on. */
export interface MovableClock {
  env: Record<string, string>
  /** Sets how far the clock is ahead of this machine's; negative for behind. */
  setAhead(ms: number): void
}

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
)
const library = () => libraries.find((path) => existsSync(path))

/** Why no clock can be moved here; undefined when one can. Installs the distribution's package if it has the right to. */
export async function whyNoClocks(): Promise<string | undefined> {
  if (library()) return undefined
  if (!Bun.which('apt-get') || process.getuid?.() !== 0)
    return 'faketime is not installed, and this account may not do it'
  const apt = $.env({ ...process.env, DEBIAN_FRONTEND: 'noninteractive' })
  await apt`apt-get -qq update`.quiet().nothrow()
  await apt`apt-get -qq install --yes --no-install-recommends faketime`.quiet().nothrow()
  return library() ? undefined : 'faketime can’t be installed here'
}

export function movableClock(dir: string): MovableClock {
  const file = join(dir, `clock-${crypto.randomUUID()}`)
  const setAhead = (ms: number) => writeFileSync(file, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000}\n`)
  setAhead(0)
  const settings = { FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  return { env: { ...settings, LD_PRELOAD: library() ?? '' }, setAhead }
}

/** A database server of its own, with a clock that can be moved. */
export interface ClockedDatabase {
  url: string
  socket: string
  clock: MovableClock
  database: Database
  stop(): Promise<void>
}

export async function startClockedDatabase(): Promise<ClockedDatabase> {
  const home = mkdtempSync(join(tmpdir(), 'points-clock-'))
  const program = await databaseServerProgram(() => {})
  const files = {
    data: join(home, 'data'),
    temporary: join(home, 'tmp'),
    socket: join(home, 's'),
    pid: join(home, 'pid'),
  }
  mkdirSync(files.temporary)
  await initialize(program, files)
  const clock = movableClock(home)
  const server = Bun.spawn(serverCommand(program, files, { durable: false }), {
    env: { PATH: process.env.PATH ?? '', ...clock.env },
    stdio: ['ignore', 'ignore', Bun.file(join(home, 'log'))],
  })
  const admin = openDatabase({ address: { socketPath: files.socket, user: 'root', database: '' }, poolSize: 1 })
  const isReady = () => admin.query('CREATE DATABASE IF NOT EXISTS points CHARACTER SET utf8mb4').then(() => true)
  await until(() => isReady().catch(() => false), 60_000)
  await admin.close()
  const url = `mysql://root@localhost/points?socketPath=${encodeURIComponent(files.socket)}`
  const database = openDatabase({ address: { uri: url }, poolSize: 4 })
  return {
    ...{ url, socket: files.socket, clock, database },
    async stop() {
      await database.close()
      server.kill('SIGKILL')
      await server.exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}

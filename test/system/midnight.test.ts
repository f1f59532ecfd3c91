import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createCalendar, day_ms } from '../../src/lib/calendar.ts'
import { findEveryMismatch } from '../../src/reconcile/every-check.ts'
import { type Client, createClient } from '../support/client.ts'
import {
  type ClockedDatabase,
  type MovableClock,
  movableClock,
  startClockedDatabase,
  whyNoClocks,
} from '../support/clocks.ts'
import { fairSettings } from '../support/drawing.ts'
import { type Crowd, gatherCrowd } from '../support/fair-crowd.ts'
import { type Program, type Settings, source, startExecutable } from '../support/process.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { until } from '../support/sockets.ts'

const why = await whyNoClocks()
const calendar = createCalendar('Asia/Shanghai')
const { settings: fair } = fairSettings()

let server: ClockedDatabase
let proxy: DatabaseProxy
let clocks: MovableClock[]
let replicas: Program[]
let clients: Client[]
let crowd: Crowd
const files: string[] = []

const settingsOf = (url: string): Settings => ({ ...fair, DATABASE_URL: url, LOG_LEVEL: 'silent', OCR: 'off' })

const startReplica = (index: number) => {
  const { command, env } = source(settingsOf(index === 0 ? proxy.url : server.url))
  return startExecutable({ command, env: { ...env, ...(clocks[index] as MovableClock).env } })
}

const gather = () => gatherCrowd(() => clients, settingsOf(server.url), 2)

/** Sets the database's clock to a moment before its next midnight, on the day that it has. */
let ahead_ms = 0
const toMidnight = (before_ms: number) => {
  const now = new Date(Date.now() + ahead_ms)
  const next = calendar.startOf(calendar.plusDays(calendar.dayOf(now), 1))
  ahead_ms += next.getTime() - now.getTime() - before_ms
  server.clock.setAhead(ahead_ms)
}
const epochs = async () =>
  (await server.database.query<{ epoch: number }>('SELECT DISTINCT epoch FROM fair_epochs ORDER BY epoch')).map(
    ({ epoch }) => epoch,
  )

beforeAll(async () => {
  if (why) return
  server = await startClockedDatabase()
  proxy = await startProxy(server.url)
  clocks = [movableClock(tmpdir()), movableClock(tmpdir())]
  files.push(...clocks.map(({ env }) => env.FAKETIME_TIMESTAMP_FILE ?? ''))
})
beforeEach(async () => {
  if (why) return
  for (const clock of clocks) clock.setAhead(ahead_ms)
  replicas = await Promise.all([startReplica(0), startReplica(1)])
  clients = await Promise.all(replicas.map(({ url }) => createClient(url)))
  crowd = await gather()
})
afterEach(async () => {
  if (why) return
  await Promise.all(replicas.map(({ kill }) => kill()))
})
afterAll(async () => {
  proxy?.stop()
  await server?.stop()
  for (const file of files) rmSync(file, { force: true })
})

/** Lets the crowd draw and watches the seeds while `work` goes on, then checks all of it. */
async function drawingWhile(work: () => Promise<unknown>): Promise<void> {
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  await Promise.all([working, crowd.drawUntil(() => isOver), crowd.watchSeeds(() => isOver)])
  await crowd.check()
  expect(await findEveryMismatch(server.database)).toEqual([])
}

describe.skipIf(why !== undefined)('midnight by the database’s clock', () => {
  test('two replicas draw through it, and no seed is seen before its epoch is over', async () => {
    await drawingWhile(async () => {
      await until(async () => (await epochs()).length > 0)
      const before = (await epochs()).length
      toMidnight(1_500)
      await until(async () => (await epochs()).length > before, 30_000)
      await Bun.sleep(1_000)
    })
    const drawn = crowd.diners.flatMap(({ receipts }) => receipts.map(({ epoch }) => epoch))
    expect(new Set(drawn).size).toBe(2)
  }, 120_000)

  test.each([20, -20])(
    'one replica’s clock that is %d hours apart opens no epoch and draws in no other one',
    async (hours) => {
      clocks[1]?.setAhead(ahead_ms + hours * 3_600_000)
      crowd = await gather()
      await drawingWhile(async () => {
        const before = await epochs()
        await Bun.sleep(2_000)
        expect((await epochs()).length).toBeLessThanOrEqual(before.length + 1)
        toMidnight(1_000)
        const known = (await epochs()).length
        await until(async () => (await epochs()).length > known, 30_000)
        await Bun.sleep(1_000)
      })
      const last = (await epochs()).at(-1) ?? 0
      const today = Date.parse(calendar.dayOf(new Date(Date.now() + ahead_ms))) / day_ms
      expect(last).toBe(today)
    },
    120_000,
  )

  test('a database whose clock goes back over midnight goes on in the epoch that is open', async () => {
    await drawingWhile(async () => {
      toMidnight(1_000)
      const known = (await epochs()).length
      await until(async () => (await epochs()).length > known, 30_000)
      const opened = await epochs()
      for (const back_ms of [3_600_000, 30 * 3_600_000]) {
        server.clock.setAhead(ahead_ms - back_ms)
        await Bun.sleep(1_500)
        expect(await epochs()).toEqual(opened)
      }
      server.clock.setAhead(ahead_ms)
    })
  }, 120_000)

  test('a seed waits for a replica that lags with a draw of its epoch', async () => {
    const first = await crowd.drawOnce(1)
    proxy.strike('hold', 1, 'draw_turns')
    const held = crowd.drawOnce(0, 'held')
    await until(() => proxy.struck > 0)
    toMidnight(0)
    const seedOf = async () => {
      const { data } = await (clients[1] as Client).get('/api/fairness')
      return data.epochs.find(({ epoch }: { epoch: number }) => epoch === first.epoch).seed
    }
    await Bun.sleep(4_000)
    expect(await seedOf()).toBe(null)
    proxy.strike('pass')
    expect((await held).epoch).toBe(first.epoch)
    await until(async () => (await crowd.drawOnce(1)).epoch === first.epoch + 1)
    await until(async () => (await seedOf()) !== null)
    await crowd.check()
  }, 120_000)

  test('a batch whose COMMIT was lost before midnight is drawn in the epoch that is open after it', async () => {
    const first = await crowd.drawOnce(1)
    const struck = proxy.struck
    proxy.strike('hold', 1, 'draw_turns')
    const held = crowd.drawOnce(0, 'lost')
    await until(() => proxy.struck > struck)
    toMidnight(0)
    proxy.redirect(server.url)
    expect((await held).epoch).toBe(first.epoch + 1)
    proxy.strike('pass')
    expect((await crowd.drawOnce(0, 'lost')).draw_id).toBe((await held).draw_id)
    crowd.diners[0]?.receipts.pop()
    await crowd.check()
    expect(await findEveryMismatch(server.database)).toEqual([])
  }, 120_000)
})

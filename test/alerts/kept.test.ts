import { expect, test } from 'bun:test'
import { hostname } from 'node:os'
import { readAlerts } from '../../src/alerts/kept.ts'
import { startServer } from '../../src/server.ts'
import { createTestDatabase } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { testConfig, useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'

const service = useService()
const hour_ms = 3_600_000

const kept = () => readAlerts(service.database, new Date(Date.now() - hour_ms), new Date(Date.now() + hour_ms), 10)

test('what operators are told is kept, newest first, whether or not there is a webhook', async () => {
  service.services.alerts.raise({ event: 'job_failed', job: 'purge', error: 'Error: ER_X' })
  service.services.alerts.raise({ event: 'queue_full', queue: 'till' })
  await until(async () => (await kept()).length === 2)
  expect(await kept()).toMatchObject([
    { event: 'queue_full', title: '队列已满', happened: 1, details: ['写入队列已满，新的写请求被拒绝'] },
    { event: 'job_failed', happened: 1, details: ['purge：Error: ER_X'], host: hostname().slice(0, 64) },
  ])
  expect(await readAlerts(service.database, new Date(0), new Date(Date.now() - hour_ms), 10)).toEqual([])
})

test('what is told while the database is away is kept once it is back', async () => {
  const url = await createTestDatabase(`points_kept_${process.pid}`)
  const proxy = await startProxy(url)
  const running = await startServer(testConfig(proxy.url), () => {})
  const all = () => readAlerts(running.services.database, new Date(0), new Date(Date.now() + hour_ms), 10)
  proxy.mute()
  running.services.alerts.raise({ event: 'odds_off', of: 'diner', id: 7, draws: 130, p_value: 1.2e-9 })
  await Bun.sleep(500)
  proxy.mute(false)
  await until(async () => (await all().catch(() => [])).some(({ event }) => event === 'odds_off'), 15_000)
  await running.stop()
  proxy.stop()
}, 30_000)

test('a stop waits a moment for what could not be kept, and no longer', async () => {
  const url = await createTestDatabase(`points_kept_${process.pid}`)
  const proxy = await startProxy(url)
  const running = await startServer(testConfig(proxy.url), () => {})
  proxy.mute()
  running.services.alerts.raise({ event: 'queue_full', queue: 'reader' })
  expect((await running.stop()).filter((left) => left.includes('alerts'))).toEqual([])
  proxy.stop()
}, 30_000)

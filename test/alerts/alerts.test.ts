import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { pino } from 'pino'
import type { Alert } from '../../src/alerts/alert.ts'
import { type Alerts, type AlertsOptions, createAlerts } from '../../src/alerts/alerts.ts'
import { createDatabaseWatch } from '../../src/alerts/database-watch.ts'
import { createOutbox, type OutboxOptions } from '../../src/alerts/outbox.ts'
import { type AlertFormat, alertFormat, createRobot } from '../../src/alerts/robots.ts'
import { openDatabase } from '../../src/db/client.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { testServer } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
afterAll(desk.stop)
const logged: string[] = []
const logger = pino({ base: null }, { write: (line) => void logged.push(line) })
const outcomes: Record<string, number> = {}
const raised: Record<string, number> = {}
let alerts: Alerts | undefined
afterEach(async () => {
  await alerts?.close(100)
  desk.told.length = 0
  desk.moods.length = 0
  logged.length = 0
  for (const counts of [outcomes, raised]) for (const name of Object.keys(counts)) delete counts[name]
})

interface Ways {
  format?: AlertFormat
  secret?: string
  window_ms?: number
  outbox?: Partial<OutboxOptions>
}

function open({ format = 'json', secret, window_ms = 60_000, outbox = {} }: Ways = {}): Alerts {
  const url = `${desk.url}robot/send?access_token=t0k3n`
  const post = createRobot({ url, format, secret, host: 'replica-7', timeZone: 'Asia/Shanghai' })
  const count: AlertsOptions['count'] = (event) => {
    raised[event] = (raised[event] ?? 0) + 1
  }
  const countMessage: OutboxOptions['count'] = (outcome) => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  const box = createOutbox({ post, logger, count: countMessage, pauses_ms: [10, 20], ...outbox })
  alerts = createAlerts({ outboxes: [box], logger, count, window_ms })
  return alerts
}

const slow = (route: string, took_ms = 6_200): Alert => ({
  ...{ event: 'slow_request', method: 'POST', route, took_ms, request_id: 'req-1' },
})
const all: Alert[] = [
  slow('/api/lottery/draw'),
  { event: 'ledger_mismatch', count: 2, examples: ['a balance is the sum of its ledger: 7'] },
  { event: 'job_failed', job: 'purge', error: 'Error: ER_X' },
  { event: 'sweep_stopped', why: 'too_many', images: 40, unknown: 11, most: 10 },
  { event: 'clock_wrong', why: 'jumped', by_s: 86_400 },
  { event: 'queue_full', queue: 'till' },
  { event: 'log_stopped', why: 'halted' },
  { event: 'draws_unproven', without: ['LOG_KEY'] },
  { event: 'odds_off', of: 'diner', id: 7, draws: 130, p_value: 1.2e-9 },
  { event: 'checkpoint', note: 'points.example.com/log\n1\nAAAA\n' },
  { event: 'database_away' },
  { event: 'database_back', away_s: 12 },
]

describe('each event', () => {
  test('each event is sent at once, in Chinese, with the name of the replica', async () => {
    const { raise } = open()
    for (const alert of all) raise(alert)
    await until(() => desk.told.length === all.length)
    for (const [index, { event }] of all.entries()) {
      const { body } = desk.told[index] ?? {}
      expect(body).toMatchObject({ service: 'restaurant-points', host: 'replica-7', event, count: 1 })
      expect(body.text).toMatch(/^【restaurant-points 告警】\p{Script=Han}+\n\n主机：replica-7\n\n时间：\d{4}-/u)
    }
    expect(desk.told[0]?.body.details).toEqual(['POST /api/lottery/draw 用时 6.2 秒（请求号 req-1）'])
    expect(outcomes).toEqual({ sent: all.length })
    expect(logged.join('')).not.toContain('t0k3n')
  })
})

describe('a robot', () => {
  test('a DingTalk robot gets Markdown, signed if there is a secret', async () => {
    open({ format: 'dingtalk', secret: 'SECx' }).raise(all[2] as Alert)
    await until(() => desk.told.length === 1)
    const [{ query, body } = { query: new URLSearchParams(), body: {} }] = desk.told
    const timestamp = query.get('timestamp') ?? ''
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000)
    expect(query.get('sign')).toBe(createHmac('sha256', 'SECx').update(`${timestamp}\nSECx`).digest('base64'))
    expect(query.get('access_token')).toBe('t0k3n')
    expect(body).toEqual({
      msgtype: 'markdown',
      markdown: { title: '【restaurant-points 告警】定时任务失败', text: expect.stringContaining('purge') },
    })
  })

  test('a WeCom robot gets Markdown within its limit of bytes', async () => {
    const examples = Array.from({ length: 5 }, () => '账'.repeat(400))
    open({ format: 'wecom' }).raise({ event: 'ledger_mismatch', count: 5, examples })
    await until(() => desk.told.length === 1)
    const { msgtype, markdown } = desk.told[0]?.body ?? {}
    expect([msgtype, Object.keys(markdown)]).toEqual(['markdown', ['content']])
    expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4_096)
    expect(markdown.content).not.toContain('\ufffd')
  })

  test('a robot is recognised by the host of its address', () => {
    expect(alertFormat('auto', 'https://oapi.dingtalk.com/robot/send?access_token=x')).toBe('dingtalk')
    expect(alertFormat('auto', 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x')).toBe('wecom')
    expect(alertFormat('auto', 'https://oapi.dingtalk.com.evil.example/')).toBe('json')
    expect(alertFormat('wecom', desk.url)).toBe('wecom')
  })

  test.each([['dingtalk'], ['wecom']] as const)(
    'a message that %s answers with 200 and an errcode counts as not accepted',
    async (format) => {
      desk.moods.push({ errcode: 310_000 }, { errcode: 130_101 })
      open({ format }).raise(slow('/x'))
      await until(() => outcomes.sent === 1)
      expect(desk.told).toHaveLength(1)
      expect(logged.join('')).toContain('errcode 310000')
    },
  )
})

describe('a flood', () => {
  test('a flood of 10,000 alerts makes two messages: the first at once, the rest at the end of the window', async () => {
    const { raise } = open({ window_ms: 300 })
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 10_000; i += 1) raise(slow(`/route-${i % 50}`, 5_000 + i))
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000)
    await until(() => desk.told.length === 2)
    await Bun.sleep(700)
    expect(desk.told.map(({ body }) => body.count)).toEqual([1, 9_999])
    const { details } = desk.told[1]?.body ?? {}
    expect(details).toHaveLength(5)
    expect(details[4]).toContain('/route-49 用时 15.0 秒')
    expect(raised).toEqual({ slow_request: 10_000 })
    expect(logged.filter((line) => line.includes('"msg":"alert"'))).toHaveLength(2)
    raise(slow('/later'))
    await until(() => desk.told.length === 3)
  })

  test('a flood of one event does not hold back other events', async () => {
    const { raise } = open()
    for (let i = 0; i < 1_000; i += 1) raise(slow('/x'))
    raise(all[1] as Alert)
    await until(() => desk.told.length === 2)
    expect(desk.told.map(({ body }) => body.event)).toEqual(['slow_request', 'ledger_mismatch'])
  })

  test('messages stay below the robots’ limit for a minute, and the queue stays bounded', async () => {
    const { raise } = open({ outbox: { perMinute: 3 }, window_ms: 1 })
    for (let i = 0; i < 100; i += 1) {
      raise({ event: 'queue_full', queue: 'till' })
      await Bun.sleep(3)
    }
    await until(() => desk.told.length === 3)
    await Bun.sleep(300)
    expect(desk.told).toHaveLength(3)
    expect(outcomes.dropped).toBeGreaterThanOrEqual(40)
  })
})

test('a database that comes and goes is told once each way at once, then by its state at the end of the window', async () => {
  const { raise } = open({ window_ms: 300 })
  for (let i = 0; i < 50; i += 1) {
    raise({ event: 'database_away' })
    raise({ event: 'database_back', away_s: i })
  }
  raise({ event: 'database_away' })
  await until(() => desk.told.length === 3)
  await Bun.sleep(700)
  expect(desk.told.map(({ body }) => [body.event, body.count])).toEqual([
    ['database_away', 1],
    ['database_back', 1],
    ['database_away', 99],
  ])
})

describe('a receiver', () => {
  test('a receiver that is away for a while is tried again, without an alert about it', async () => {
    desk.moods.push(500, 503)
    open().raise(slow('/x'))
    await until(() => outcomes.sent === 1)
    expect(raised).toEqual({ slow_request: 1 })
  })

  test('a message to a receiver that stays away is given up, logged and counted', async () => {
    desk.moods.push(500, 500, 500)
    open().raise(slow('/x'))
    await until(() => outcomes.failed === 1)
    expect(logged.filter((line) => line.includes('an alert was not taken'))).toHaveLength(3)
    expect(raised).toEqual({ slow_request: 1 })
  })

  test('a receiver that hangs delays neither the caller nor the stop', async () => {
    desk.moods.push('hang', 'hang', 'hang')
    const { raise, close } = open({ outbox: { timeout_ms: 60_000 } })
    const startedAt = performance.now()
    expect(raise(slow('/x'))).toBeUndefined()
    await Bun.sleep(50)
    await close(200)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(outcomes).toEqual({ failed: 1 })
  })

  test('a stop sends the receiver what was held back', async () => {
    const { raise, close } = open()
    for (let i = 0; i < 8; i += 1) raise(slow('/x'))
    await close(2_000)
    expect(desk.told.map(({ body }) => body.count)).toEqual([1, 7])
  })
})

test('one failed look at the database raises no alert', async () => {
  const looks = [true, false, true, false, true]
  const watch = createDatabaseWatch({ look: async () => looks.shift() ?? true, alerts: open(), every_ms: 5 })
  watch.start()
  await until(() => looks.length === 0)
  watch.stop()
  expect([watch.isUp, raised]).toEqual([true, {}])
})

test('a database that goes away and comes back raises one alert each way', async () => {
  const server = await testServer()
  let proxy = await startProxy(server.urlOf(''))
  const database = openDatabase({ address: { uri: proxy.url }, poolSize: 2, acquireTimeout_ms: 200 })
  const looks: boolean[] = []
  const look = async () => {
    const seen = await database.query('SELECT 1').then(
      () => true,
      () => false,
    )
    looks.push(seen)
    return seen
  }
  const watch = createDatabaseWatch({ look, alerts: open(), every_ms: 20 })
  watch.start()
  await until(() => looks.length > 3)
  proxy.stop()
  await until(() => desk.told.length === 1)
  expect(watch.isUp).toBe(false)
  await Bun.sleep(200)
  proxy = await startProxy(server.urlOf(''), Number(new URL(proxy.url).port))
  await until(() => desk.told.length === 2)
  await Bun.sleep(100)
  watch.stop()
  expect(watch.isUp).toBe(true)
  expect(desk.told.map(({ body }) => body.event)).toEqual(['database_away', 'database_back'])
  await database.close()
  proxy.stop()
})

import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { testConfig } from '../support/service.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
let proxy: DatabaseProxy
let databaseUrl: string
let running: RunningServer
let client: Client

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_alerts_${process.pid}`)
  proxy = await startProxy(databaseUrl)
  const alerting = { ALERT_WEBHOOK: desk.url, ALERT_FORMAT: 'wecom', SLOW_REQUEST_MS: '300', TILL_QUEUE: '1' }
  running = await startServer(testConfig(proxy.url, alerting), () => {})
  client = await createClient(running.url)
})
afterAll(async () => {
  await running.stop()
  proxy.stop()
  desk.stop()
})

const told = () => desk.told.map(({ body }) => body.markdown.content as string)
const login = (phone = newPhone()) => client.post('/api/auth/login', { body: { phone, code: '123456' } })

test('a client that sends its body slowly or goes away is no slow request and no failure', async () => {
  const { hostname, port } = new URL(running.url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /api/auth/login HTTP/1.1', `Host: ${hostname}`, 'Content-Type: application/json']
  socket.write([...head, 'Content-Length: 60', '', '{"phone"'].join('\r\n'))
  await Bun.sleep(500)
  socket.destroy()
  const metrics = () => fetch(`${running.url}/metrics`).then((answer) => answer.text())
  await until(async () => /http_requests_total\{.*login.*code="9001"\} 1/.test(await metrics()))
  expect(await metrics()).not.toContain('code="1000"')
  expect(desk.told).toEqual([])
})

test('the service alerts about slow requests, a full queue, and a database that goes away and comes back', async () => {
  const phone = newPhone()
  const { access_token: token } = (await login(phone)).data
  proxy.strike('hold')
  const slow = login(phone)
  await until(() => proxy.struck > 0)
  const spins = Array.from({ length: 12 }, () =>
    client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } }),
  )
  await Bun.sleep(400)
  proxy.strike('pass')
  expect((await slow).code).toBe(0)
  expect((await Promise.all(spins)).filter(({ code }) => code === 9007).length).toBeGreaterThan(0)
  await until(() => desk.told.length === 2)
  expect(told().some((text) => /请求过慢.+POST \/api\/auth\/login 用时 [\d.]+ 秒/s.test(text))).toBe(true)
  expect(told().some((text) => text.includes('写入队列已满'))).toBe(true)

  proxy.stop()
  await until(() => told().some((text) => text.includes('数据库无法连接')), 12_000)
  proxy = await startProxy(databaseUrl, Number(new URL(proxy.url).port))
  await until(() => told().some((text) => text.includes('数据库已恢复')), 12_000)
  expect(told().filter((text) => text.includes('数据库'))).toHaveLength(2)
  expect(told().join('')).not.toMatch(new RegExp(`${phone}|${token}|SELECT|127\\.0\\.0\\.1`))
  expect(await findMismatches(running.services.database)).toEqual([])
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { randomId } from '../../src/lib/random.ts'
import { adjust } from '../../src/merchant/counter/adjust.ts'
import { storeFindings } from '../../src/receipts/store-findings.ts'
import { systemActor } from '../../src/staff/actor.ts'
import { type Client, createClient } from '../support/client.ts'
import { appoint, givePoints, newPhone, newProduct, type Person, signIn } from '../support/people.ts'
import { type Program, runCommand, startProgram } from '../support/process.ts'
import { waitingReceipt } from '../support/receipts.ts'
import { startRedis, startRedisProxy } from '../support/redis.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, until } from '../support/sockets.ts'

/** This process is the first replica. The others share its settings. */
const settings = { TILL_LANES: '2' } as const
const redis = await startRedis()
const service = useService({ ...settings, REDIS_URL: redis.url })
const timeout_ms = 60_000
let other: Program
let client: Client

beforeAll(async () => {
  other = await startReplica({ ...settings, REDIS_URL: redis.url })
  client = await createClient(other.url)
}, timeout_ms)
beforeEach(() =>
  until(async () => (await realtimeOf(service.url)) === 'ok' && (await realtimeOf(other.url)) === 'ok', 10_000),
)
afterEach(closeSockets)
afterAll(async () => {
  await other.kill('SIGTERM')
  await redis.kill()
})

async function realtimeOf(url: string): Promise<string> {
  const { checks } = (await (await fetch(`${url}/health`)).json()) as { checks: { realtime: string } }
  return checks.realtime
}

function startReplica(own: Parameters<typeof startProgram>[0]): Promise<Program> {
  return startProgram({ DATABASE_URL: service.databaseUrl, LOG_LEVEL: 'silent', JOBS: 'off', ...own })
}

function buy(at: Client, { token }: Person, product_id: number) {
  return at.post('/api/exchange/submit', { token, body: { product_id } })
}

describe('two replicas with one Redis', () => {
  test('a phone on one replica gets one push for an exchange on the other', async () => {
    const [person, watcher] = [await signIn(service), await signIn(service)]
    const product = await newProduct(service, 5)
    const sockets = [
      await connectAs(service.url, person),
      await connectAs(other.url, person),
      await connectAs(service.url, watcher),
    ]
    await buy(client, person, product)
    for (const socket of sockets) await socket.next('stock_update')
    await Bun.sleep(300)
    const heard = sockets.map((socket) => [socket.of('points_update').length, socket.of('stock_update').length])
    expect(heard).toEqual([
      [1, 1],
      [1, 1],
      [0, 1],
    ])
  })

  test('a review on one replica reaches the uploader’s phone on the other: first the result, then the points', async () => {
    const [person, merchant] = [await signIn(service), await signIn(service)]
    await appoint(service, merchant, 'manager')
    const { token } = await signIn(service, merchant.phone)
    const upload_id = await waitingReceipt(service.database, person.userId, new Date())
    const phone = await connectAs(service.url, person)
    const { code, data } = await client.post('/api/merchant/review', { token, body: { upload_id, action: 'approve' } })
    expect(code).toBe(0)
    expect((await phone.next('points_update')).data).toMatchObject({
      total_points: data.user_new_balance,
      change_points: data.points_awarded,
      reason_code: 'photo_upload',
    })
    expect(phone.frames.map(({ type }) => type)).toEqual(['connected', 'review_result', 'points_update'])
    expect(phone.frames[1]?.data).toMatchObject({ upload_id, status: 'approved', points_awarded: data.points_awarded })
  })

  test('a late reading on one replica reaches the uploader’s phones on both, once, and nobody else', async () => {
    const [person, watcher] = [await signIn(service), await signIn(service)]
    const uploadId = await waitingReceipt(service.database, person.userId, new Date())
    const phones = [await connectAs(service.url, person), await connectAs(other.url, person)]
    const others = [await connectAs(service.url, watcher), await connectAs(other.url, watcher)]
    const reading = { amount_fen: 7_900, paidAt: null, merchantName: null, receiptNumber: null, text: '' }
    await service.services.till.run(storeFindings, { uploadId, userId: person.userId, reading, flags: [] })
    for (const phone of phones) {
      const { data } = await phone.next('receipt_read')
      expect(data).toMatchObject({ upload_id: uploadId, recognized_amount: '79.00', estimated_points: 790 })
    }
    await Bun.sleep(300)
    expect(phones.map((phone) => phone.of('receipt_read').length)).toEqual([1, 1])
    expect(others.flatMap((socket) => socket.of('receipt_read'))).toEqual([])
  })

  test(
    'pushes of one user’s changes on both replicas arrive in the order of the ledger, each exactly once',
    async () => {
      const person = await signIn(service)
      const product = await newProduct(service, 1_000, { exchange_points: 1 })
      const sockets = [await connectAs(service.url, person), await connectAs(other.url, person)]
      await Promise.all(
        Array.from({ length: 240 }, async (_, i) => {
          await Bun.sleep(i * 2)
          await buy(i % 2 === 0 ? client : service.client, person, product)
        }),
      )
      for (const socket of sockets) {
        await socket.next('points_update', 240)
        const totals = socket.of('points_update').map(({ data }) => data.total_points)
        expect(totals).toEqual(Array.from({ length: 240 }, (_, i) => 999 - i))
      }
    },
    timeout_ms,
  )

  test('a command ends when its work is done, and its Redis connection does not keep it running', async () => {
    const took_ms = async (own: { REDIS_URL?: string }) => {
      const startedAt = performance.now()
      const { code } = await runCommand(['jobs', 'list'], { DATABASE_URL: service.databaseUrl, ...own })
      expect(code).toBe(0)
      return performance.now() - startedAt
    }
    const alone_ms = await took_ms({})
    expect(await took_ms({ REDIS_URL: redis.url })).toBeLessThan(alone_ms + 1_000)
  })

  test('a logout on one replica ends the session’s sockets and its token on the other at once', async () => {
    const person = await signIn(service)
    const socket = await connectAs(other.url, person)
    expect((await client.get('/api/user/status', { token: person.token })).code).toBe(0)
    await service.client.post('/api/auth/logout', { token: person.token })
    expect(await socket.closed).toBe(4401)
    expect((await client.get('/api/user/status', { token: person.token })).code).toBe(2002)
  })

  test('while both replicas sell a product, every phone sees its stock only fall, down to what is left', async () => {
    const [here, there] = [await signIn(service), await signIn(service)]
    const sockets = [await connectAs(service.url, here), await connectAs(other.url, there)]
    const product = await newProduct(service, 60, { exchange_points: 1 })
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([1, 2, 3].flatMap(() => [buy(service.client, here, product), buy(client, there, product)]))
    }
    const heard = sockets.map((socket) => () => socket.of('stock_update').map(({ data }) => data.stock as number))
    await until(() => heard.every((stocks) => stocks().at(-1) === 0))
    await Bun.sleep(300)
    for (const stocks of heard) expect(stocks()).toEqual(stocks().toSorted((a, b) => b - a))
  })

  test('the catalogue of one replica shows the stock that the other has sold', async () => {
    const person = await signIn(service)
    const product = await newProduct(service, 5)
    const stockAt = async (at: Client) => {
      const { data } = await at.get('/api/exchange/products?limit=100', { token: person.token })
      return data.products.find((found: { product_id: number }) => found.product_id === product)?.stock
    }
    await until(async () => (await stockAt(client)) === 5)
    const socket = await connectAs(other.url, person)
    await buy(service.client, person, product)
    await socket.next('stock_update')
    expect(await stockAt(client)).toBe(4)
  })
})

describe('without Redis for a while', () => {
  test(
    'while Redis is away each replica works alone and reports it, and afterwards they work together again',
    async () => {
      const person = await signIn(service)
      const product = await newProduct(service, 100)
      const [here, there] = [await connectAs(service.url, person), await connectAs(other.url, person)]
      await redis.kill()
      await until(
        async () => (await realtimeOf(service.url)) === 'away' && (await realtimeOf(other.url)) === 'away',
        10_000,
      )
      expect((await buy(client, person, product)).code).toBe(0)
      await there.next('points_update')
      expect(here.of('points_update')).toEqual([])
      await redis.start()
      await until(
        async () => (await realtimeOf(service.url)) === 'ok' && (await realtimeOf(other.url)) === 'ok',
        10_000,
      )
      expect((await buy(client, person, product)).code).toBe(0)
      expect((await here.next('points_update')).data.total_points).toBe(980)
      await there.next('points_update', 2)
      await Bun.sleep(300)
      expect([here.of('points_update').length, there.of('points_update').length]).toEqual([1, 2])
    },
    timeout_ms,
  )

  test(
    'while Redis hangs, requests are answered and health reports it as away; afterwards everything recovers',
    async () => {
      const person = await signIn(service)
      const socket = await connectAs(other.url, person)
      redis.pause()
      await givePoints(service, person, 5)
      await until(async () => (await realtimeOf(service.url)) === 'away', 15_000)
      redis.resume()
      await until(
        async () => (await realtimeOf(service.url)) === 'ok' && (await realtimeOf(other.url)) === 'ok',
        15_000,
      )
      await givePoints(service, person, 6)
      await until(() => socket.of('points_update').at(-1)?.data.total_points === 1_011)
    },
    timeout_ms,
  )
})

test(
  'a replica whose listening connection died silently reports Redis as away, and reconnects',
  async () => {
    const proxy = startRedisProxy(redis.url)
    const replica = await startReplica({ ...settings, REDIS_URL: proxy.url })
    await until(async () => (await realtimeOf(replica.url)) === 'ok', 10_000)
    proxy.deafen()
    await until(async () => (await realtimeOf(replica.url)) === 'away', 15_000)
    await replica.kill('SIGTERM')
    proxy.stop()
  },
  timeout_ms,
)

describe('a replica that dies', () => {
  test(
    'when a replica is killed under load, its sockets reconnect to the other and get the right balance',
    async () => {
      const person = await signIn(service)
      const product = await newProduct(service, 500, { exchange_points: 1 })
      const doomed = await startReplica({ ...settings, REDIS_URL: redis.url })
      const at = await createClient(doomed.url)
      const socket = await connectAs(doomed.url, person)
      const steady = await connectAs(service.url, person)
      const load = Array.from({ length: 200 }, () => buy(at, person, product).catch(() => undefined))
      await socket.next('points_update')
      await doomed.kill('SIGKILL')
      await Promise.all(load)
      await socket.closed
      const back = await connectAs(other.url, person)
      const { data } = await service.client.get('/api/user/status', { token: person.token })
      expect(back.frames[0]?.data.total_points).toBe(data.total_points)
      const { answer } = await service.services.till.run(adjust, {
        userId: person.userId,
        points: 7,
        reason: 'test',
        adjustmentId: randomId('ADJ'),
        actor: systemActor(),
      })
      for (const each of [back, steady]) {
        await until(() => each.of('points_update').at(-1)?.data.total_points === answer.new_balance)
      }
    },
    timeout_ms,
  )

  test(
    'a replica that is asked to stop closes its sockets with 1001 and exits without an error',
    async () => {
      const person = await signIn(service)
      const leaving = await startReplica({ ...settings, REDIS_URL: redis.url })
      const sockets = await Promise.all([1, 2, 3].map(() => connectAs(leaving.url, person)))
      const [code, ...closes] = await Promise.all([leaving.kill('SIGTERM'), ...sockets.map(({ closed }) => closed)])
      expect([code, ...closes]).toEqual([0, 1001, 1001, 1001])
    },
    timeout_ms,
  )
})

test('the jobs of two replicas close a stale review exactly once, and phones on both get the push', async () => {
  const person = await signIn(service)
  const replicas = await Promise.all([1, 2].map(() => startReplica({ ...settings, JOBS: 'on', REDIS_URL: redis.url })))
  await until(async () => {
    const [row] = await service.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM job_runs WHERE ended_at IS NOT NULL',
    )
    return (row?.n ?? 0) >= 5
  }, 20_000)
  const sockets = await Promise.all(replicas.map(({ url }) => connectAs(url, person)))
  const upload = await waitingReceipt(service.database, person.userId, new Date(Date.now() - 8 * 86_400_000))
  await until(() => sockets.every((socket) => socket.of('review_result').length > 0), 70_000)
  await Bun.sleep(500)
  expect(sockets.map((socket) => socket.of('review_result').map(({ data }) => data.upload_id))).toEqual([
    [upload],
    [upload],
  ])
  const rows = await service.database.query<{ rows_done: number }>(
    `SELECT rows_done FROM job_runs WHERE job = 'expire-reviews' AND rows_done > 0`,
  )
  expect(rows).toEqual([{ rows_done: 1 }])
  const health = (await (await fetch(`${replicas[0]?.url}/health`)).json()) as { checks: object }
  expect(health.checks).toMatchObject({ jobs: 'ok', realtime: 'ok' })
  await Promise.all(replicas.map((replica) => replica.kill('SIGTERM')))
}, 120_000)

test(
  'a rate limit holds across replicas, and on each replica alone while Redis is away',
  async () => {
    const limited = { ...settings, RATE_LIMIT: 'on', RATE_LIMIT_LOGIN: '6', REDIS_URL: redis.url }
    const [a, b] = await Promise.all([startReplica(limited), startReplica(limited)])
    const login = async (url: string) => {
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ phone: '13812345678', code: '000000' })
      const response = await fetch(`${url}/api/auth/login`, { method: 'POST', headers, body })
      return response.headers.get('X-Api-Code')
    }
    const codes: (string | null)[] = []
    for (let i = 0; i < 8; i += 1) codes.push(await login(i % 2 === 0 ? a.url : b.url))
    expect(codes).toEqual([...Array(6).fill('1002'), '9006', '9006'])
    await redis.kill()
    await until(async () => (await realtimeOf(a.url)) === 'away')
    expect(await login(a.url)).toBe('1002')
    await redis.start()
    await Promise.all([a.kill('SIGTERM'), b.kill('SIGTERM')])
  },
  timeout_ms,
)

test(
  'codes of one address and of the whole site are counted by all replicas together',
  async () => {
    const budget = { SEND_CODE_PER_ADDRESS_HOUR: '6', SMS_PER_HOUR: '9', TRUST_PROXY: '1' }
    const limited = { ...settings, ...budget, RATE_LIMIT: 'on', REDIS_URL: redis.url }
    const [a, b] = await Promise.all([startReplica(limited), startReplica(limited)])
    let turns = 0
    const sendCode = async (phone: string, address: string) => {
      turns += 1
      const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': address }
      const url = turns % 2 === 0 ? a.url : b.url
      const request = { method: 'POST', headers, body: JSON.stringify({ phone }) }
      return (await fetch(`${url}/api/auth/send-code`, request)).headers.get('X-Api-Code')
    }
    const codes: (string | null)[] = []
    for (let i = 0; i < 8; i += 1) codes.push(await sendCode(newPhone(), '203.0.113.1'))
    expect(codes).toEqual([...Array(6).fill('0'), '9006', '9006'])
    const phone = newPhone()
    expect(await sendCode(phone, '203.0.113.2')).toBe('0')
    for (let i = 0; i < 4; i += 1) expect(await sendCode(phone, '203.0.113.3')).toBe('1003')
    const last = []
    for (let i = 4; i < 8; i += 1) last.push(await sendCode(newPhone(), `203.0.113.${i}`))
    expect(last).toEqual(['0', '0', '1003', '1003'])
    await Promise.all([a.kill('SIGTERM'), b.kill('SIGTERM')])
  },
  timeout_ms,
)

test(
  'no log ever contains a token, whichever way it was sent',
  async () => {
    const person = await signIn(service)
    const loud = await startReplica({ LOG_LEVEL: 'trace' })
    await connectAs(loud.url, person)
    await fetch(`${loud.url}/ws?token=${person.token}`)
    await fetch(`${loud.url}/nowhere?token=${person.token}`)
    await fetch(`${loud.url}/ws?token=secret-and-wrong`, { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })
    await loud.kill('SIGTERM')
    expect(loud.output()).toContain('/ws')
    expect(loud.output()).not.toContain(person.token)
    expect(loud.output()).not.toContain('secret-and-wrong')
  },
  timeout_ms,
)

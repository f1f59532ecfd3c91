import { describe, expect, test } from 'bun:test'
import { newId } from '../../src/lib/random.ts'
import { adjust } from '../../src/merchant/counter/adjust.ts'
import { storeFindings } from '../../src/receipts/store-findings.ts'
import { systemActor } from '../../src/staff/actor.ts'
import { type Client, createClient } from '../support/client.ts'
import { appoint, newProduct, signIn } from '../support/people.ts'
import { runCommand } from '../support/process.ts'
import { waitingReceipt } from '../support/receipts.ts'
import { connectAs, until } from '../support/sockets.ts'
import { buy, start_ms, useTwoReplicas } from '../support/two-replicas.ts'

const replicas = await useTwoReplicas()
const { service, redis, startReplica } = replicas

describe('two replicas with one Redis', () => {
  test('a phone on one replica gets one push for an exchange on the other', async () => {
    const [person, watcher] = [await signIn(service), await signIn(service)]
    const product = await newProduct(service, 5)
    const sockets = [
      await connectAs(service.url, person),
      await connectAs(replicas.other.url, person),
      await connectAs(service.url, watcher),
    ]
    await buy(replicas.client, person, product)
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
    const { code, data } = await replicas.client.post('/api/merchant/review', {
      token,
      body: { upload_id, action: 'approve' },
    })
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
    const phones = [await connectAs(service.url, person), await connectAs(replicas.other.url, person)]
    const others = [await connectAs(service.url, watcher), await connectAs(replicas.other.url, watcher)]
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
      const sockets = [await connectAs(service.url, person), await connectAs(replicas.other.url, person)]
      await Promise.all(
        Array.from({ length: 240 }, async (_, i) => {
          await Bun.sleep(i * 2)
          await buy(i % 2 === 0 ? replicas.client : service.client, person, product)
        }),
      )
      for (const socket of sockets) {
        await socket.next('points_update', 240)
        const totals = socket.of('points_update').map(({ data }) => data.total_points)
        expect(totals).toEqual(Array.from({ length: 240 }, (_, i) => 999 - i))
      }
    },
    start_ms,
  )

  test('a command ends when its work is done, and its Redis connection does not keep it running', async () => {
    const took_ms = async (own: { REDIS_URL?: string }) => {
      const startedAt = performance.now()
      const { code } = await runCommand(['jobs', 'list'], { DATABASE_URL: service.databaseUrl, ...own })
      expect(code).toBe(0)
      return performance.now() - startedAt
    }
    const alone_ms = await took_ms({})
    expect(await took_ms({ REDIS_URL: redis.url })).toBeLessThan(alone_ms + 5_000)
  })

  test('a logout on one replica ends the session’s sockets and its token on the other at once', async () => {
    const person = await signIn(service)
    const socket = await connectAs(replicas.other.url, person)
    expect((await replicas.client.get('/api/user/status', { token: person.token })).code).toBe(0)
    await service.client.post('/api/auth/logout', { token: person.token })
    expect(await socket.closed).toBe(4401)
    expect((await replicas.client.get('/api/user/status', { token: person.token })).code).toBe(2002)
  })

  test('while both replicas sell a product, every phone sees its stock only fall, down to what is left', async () => {
    const [here, there] = [await signIn(service), await signIn(service)]
    const sockets = [await connectAs(service.url, here), await connectAs(replicas.other.url, there)]
    const product = await newProduct(service, 60, { exchange_points: 1 })
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        [1, 2, 3].flatMap(() => [buy(service.client, here, product), buy(replicas.client, there, product)]),
      )
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
    await until(async () => (await stockAt(replicas.client)) === 5)
    const socket = await connectAs(replicas.other.url, person)
    await buy(service.client, person, product)
    await socket.next('stock_update')
    expect(await stockAt(replicas.client)).toBe(4)
  })
})

describe('a replica that dies', () => {
  test(
    'when a replica is killed under load, its sockets reconnect to the other and get the right balance',
    async () => {
      const person = await signIn(service)
      const product = await newProduct(service, 500, { exchange_points: 1 })
      const doomed = await startReplica()
      const at = await createClient(doomed.url)
      const socket = await connectAs(doomed.url, person)
      const steady = await connectAs(service.url, person)
      const load = Array.from({ length: 200 }, () => buy(at, person, product).catch(() => undefined))
      await socket.next('points_update')
      await doomed.kill('SIGKILL')
      await Promise.all(load)
      await socket.closed
      const back = await connectAs(replicas.other.url, person)
      const { data } = await service.client.get('/api/user/status', { token: person.token })
      expect(back.frames[0]?.data.total_points).toBe(data.total_points)
      const { answer } = await service.services.till.run(adjust, {
        userId: person.userId,
        points: 7,
        reason: 'test',
        adjustmentId: newId('ADJ'),
        actor: systemActor(),
      })
      for (const each of [back, steady]) {
        await until(() => each.of('points_update').at(-1)?.data.total_points === answer.new_balance)
      }
    },
    start_ms,
  )

  test(
    'a replica that is asked to stop closes its sockets with 1001 and exits without an error',
    async () => {
      const person = await signIn(service)
      const leaving = await startReplica()
      const sockets = await Promise.all([1, 2, 3].map(() => connectAs(leaving.url, person)))
      const [code, ...closes] = await Promise.all([leaving.kill('SIGTERM'), ...sockets.map(({ closed }) => closed)])
      expect([code, ...closes]).toEqual([0, 1001, 1001, 1001])
    },
    start_ms,
  )
})

test('the jobs of two replicas close a stale review exactly once, and phones on both get the push', async () => {
  const person = await signIn(service)
  const replicas = await Promise.all([1, 2].map(() => startReplica({ JOBS: 'on' })))
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
  start_ms,
)

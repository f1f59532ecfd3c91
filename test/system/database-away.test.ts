import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { figuresNow, sumOf } from '../support/figures.ts'
import { newPhone, newProduct, signIn, signInMerchant } from '../support/people.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { waitingReceipt } from '../support/receipts.ts'
import { testConfig } from '../support/service.ts'
import { until } from '../support/sockets.ts'

let databaseUrl: string
let proxy: DatabaseProxy
let running: RunningServer
let client: Client

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_away_${process.pid}`)
  proxy = await startProxy(databaseUrl)
  running = await startServer(testConfig(proxy.url), () => {})
  client = await createClient(running.url)
})
afterAll(async () => {
  await running.stop()
  proxy.stop()
})

const login = async () => {
  const answer = await client.post('/api/auth/login', { body: { phone: newPhone(), code: '123456' } })
  return answer.data.access_token as string
}
const spin = (token: string, idempotencyKey?: string) =>
  client.post('/api/lottery/draw', {
    token,
    body: { draw_type: 'single' },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })

describe('a database that is away', () => {
  test('a database that takes connections but never answers is given up in time', async () => {
    const silent = await startProxy(databaseUrl)
    silent.mute()
    const database = openDatabase({ address: { uri: silent.url }, poolSize: 1, acquireTimeout_ms: 500 })
    for (const _ of [1, 2])
      await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' })
    await database.close()
    silent.stop()
  })

  test('while the database is away calls get 9007 with Retry-After and health is 503; afterwards all works again', async () => {
    const token = await login()
    proxy.stop()
    const [draw, records] = await Promise.all([spin(token), client.get('/api/user/points/records', { token })])
    for (const answer of [draw, records]) {
      expect(answer).toMatchObject({ status: 200, code: 9007, data: null })
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
    // What the last look saw is remembered for a moment.
    await until(async () => (await fetch(`${running.url}/health/ready`)).status === 503)
    const health = await fetch(`${running.url}/health`)
    const statuses = ['live', 'open', 'ready'].map(
      async (question) => (await fetch(`${running.url}/health/${question}`)).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 200, 503])
    expect([health.status, ((await health.json()) as { status: string }).status]).toEqual([503, 'unhealthy'])
    proxy = await startProxy(databaseUrl, Number(new URL(proxy.url).port))
    expect((await spin(token)).code).toBe(0)
    await until(async () => (await fetch(`${running.url}/health`)).status === 200)
  })

  test('when the answer to a COMMIT is lost, nobody is told of a failure that did not happen', async () => {
    const token = await login()
    const counted = async () => sumOf(await figuresNow(running), 'draws_total')
    const drawn = await counted()
    for (const fate of ['cut-after', 'cut-before', 'cut-after'] as const) {
      proxy.strike(fate)
      const before = (await client.get('/api/user/status', { token })).data.total_points
      const { code, data } = await spin(token, `key-${fate}-${proxy.struck}`)
      expect(code).toBe(0)
      expect(data.remaining_points).toBe(before - 100 + data.points_awarded)
    }
    expect(await counted()).toBe(drawn + 3)
    expect(await findMismatches(running.services.database)).toEqual([])
  })

  test.each(['a key', 'no key'])(
    'a repeat with %s waits for the outcome when the database is long away after a COMMIT',
    async (which) => {
      const token = await login()
      const key = which === 'a key' ? 'key-of-a-lost-draw' : undefined
      const drawsOf = async () =>
        (await client.get('/api/lottery/records', { token })).data.records as { draw_id: string }[]
      proxy.strike('gone-after')
      const lost = await spin(token, key)
      expect(lost).toMatchObject({ status: 200, code: 9009, data: null })
      expect(lost.headers.get('X-Api-Code')).toBe('9009')
      expect(lost.headers.get('Retry-After')).toBe('1')
      expect((await fetch(`${running.url}/health/ready`)).status).toBe(503)
      const meanwhile = await spin(token, key)
      expect(meanwhile.code).toBe(9009)
      proxy = await startProxy(databaseUrl, Number(new URL(proxy.url).port))
      const again = await spin(token, key)
      expect(again.code).toBe(0)
      expect(again.headers.get('Idempotency-Replayed')).toBe('true')
      expect((await drawsOf()).map(({ draw_id }) => draw_id)).toEqual([again.data.draw_id])
      if (!key) expect((await spin(token)).data.draw_id).not.toBe(again.data.draw_id)
      expect(await findMismatches(running.services.database)).toEqual([])
    },
  )

  test('a batch of reviews that the database left half-way is not known yet, and its repeat with the same key finishes it', async () => {
    const service = { client, services: running.services }
    const { token } = await signInMerchant(service)
    const uploads = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { userId } = await signIn(service)
        return waitingReceipt(running.services.database, userId, new Date())
      }),
    )
    const reviews = uploads.map((upload_id) => ({ upload_id, action: 'approve', points: 10 }))
    const review = () =>
      client.post('/api/merchant/batch-review', { token, body: { reviews }, idempotencyKey: 'batch-in-the-middle' })
    proxy.strike('gone-after')
    expect((await review()).code).toBe(9009)
    proxy = await startProxy(databaseUrl, Number(new URL(proxy.url).port))
    await until(async () => (await review()).code === 0, 20_000)
    const { data } = await review()
    expect(data.results.map(({ ok }: { ok: boolean }) => ok)).toEqual(Array(8).fill(true))
    expect(await findMismatches(running.services.database)).toEqual([])
  })

  test.each([
    ['a redeemed voucher', redemption],
    ['a batch of reviews without a key', () => batch()],
    ['a batch of reviews with a key', keyedBatch],
    ['a changed nickname', renaming],
    ['the end of other sessions', endOfOthers],
  ])('when the database goes away right after the COMMIT, %s is answered as done', async (_, prepare) => {
    const { send, done } = await prepare()
    const struck = proxy.struck
    proxy.strike('hold')
    const answer = send()
    await until(() => proxy.struck > struck)
    proxy.mute()
    proxy.strike('pass')
    const { code, data } = await answer
    proxy.mute(false)
    expect([code, data]).toMatchObject([0, done])
    expect(await findMismatches(running.services.database)).toEqual([])
  })
})

const signInHere = (phone?: string) => signIn({ client }, phone)

async function redemption() {
  const body = { product_id: await newProduct(running, 1) }
  const { data } = await client.post('/api/exchange/submit', { token: (await signInHere()).token, body })
  const { token } = await signInMerchant({ client, services: running.services })
  const path = `/api/merchant/vouchers/${data.exchange_code}/redeem`
  return { send: () => client.post(path, { token }), done: { status: 'redeemed' } }
}

async function batch(idempotencyKey?: string) {
  const upload_id = await waitingReceipt(running.services.database, (await signInHere()).userId, new Date())
  const { token } = await signInMerchant({ client, services: running.services })
  const sent = { token, body: { reviews: [{ upload_id, action: 'reject' }] } }
  return {
    send: () => client.post('/api/merchant/batch-review', idempotencyKey ? { ...sent, idempotencyKey } : sent),
    done: { results: [{ upload_id, ok: true }] },
  }
}

async function keyedBatch() {
  return batch('batch-that-is-not-remembered')
}

async function renaming() {
  const { token } = await signInHere()
  const body = { nickname: '海边的人' }
  return { send: () => client.put('/api/user/info', { token, body }), done: { user_info: body } }
}

async function endOfOthers() {
  const { phone } = await signInHere()
  const { token } = await signInHere(phone)
  return { send: () => client.delete('/api/user/sessions/others', { token }), done: { ended: 1 } }
}

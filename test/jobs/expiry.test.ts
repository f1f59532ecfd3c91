import { afterEach, describe, expect, test } from 'bun:test'
import { exchange } from '../support/exchange.ts'
import { runJob } from '../support/jobs.ts'
import { balanceOf, givePoints, newProduct, signIn } from '../support/people.ts'
import { waitingReceipt } from '../support/receipts.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs } from '../support/sockets.ts'

const service = useService({ REVIEW_TTL_DAYS: '7', VOUCHER_TTL_DAYS: '30' })
const day_ms = 86_400_000

afterEach(closeSockets)

const run = (name: string) => runJob(service, name)

describe('expire-reviews', () => {
  test('a review past its limit is closed once, with a push that gives a reason, and newer ones still wait', async () => {
    const person = await signIn(service)
    const now = service.clock.now().getTime()
    const stale = await waitingReceipt(service.database, person.userId, new Date(now - 7 * day_ms - 1))
    const young = await waitingReceipt(service.database, person.userId, new Date(now - 7 * day_ms + 60_000))
    const socket = await connectAs(service.url, person)
    expect(await run('expire-reviews')).toEqual({ outcome: 'done', rows: 1 })
    expect(await run('expire-reviews')).toEqual({ outcome: 'done', rows: 0 })
    const { data } = await socket.next('review_result')
    expect(data).toMatchObject({ upload_id: stale, status: 'expired', points_awarded: 0 })
    expect(data.review_reason).not.toBe('')
    const rows = await service.database.query<{ upload_id: string; review_status: string }>(
      'SELECT upload_id, review_status FROM upload_reviews',
    )
    expect(Object.fromEntries(rows.map((row) => [row.upload_id, row.review_status]))).toEqual({
      [stale]: 'expired',
      [young]: 'pending',
    })
    expect(socket.of('review_result')).toHaveLength(1)
    expect(socket.of('points_update')).toEqual([])
  })

  test('one run closes more reviews than one step takes', async () => {
    const person = await signIn(service)
    const old = new Date(service.clock.now().getTime() - 8 * day_ms)
    for (let i = 0; i < 250; i += 1) await waitingReceipt(service.database, person.userId, old)
    expect(await run('expire-reviews')).toEqual({ outcome: 'done', rows: 250 })
  })
})

describe('expire-orders', () => {
  test('an order that nobody fetched gives its points and stock back once, and its voucher ends', async () => {
    const person = await signIn(service)
    const product = await newProduct(service, 5)
    const id = (await exchange(service, person, product, 3)).exchange_id
    expect(await run('expire-orders')).toEqual({ outcome: 'done', rows: 0 })
    service.clock.advance(30 * day_ms)
    const again = await signIn(service, person.phone)
    const socket = await connectAs(service.url, again)
    const attempts = await Promise.all([run('expire-orders'), run('expire-orders')])
    expect(attempts.map(({ outcome }) => outcome).sort()).toEqual(['busy', 'done'])
    expect((await socket.next('stock_update')).data).toMatchObject({
      product_id: product,
      stock: 5,
      operation: 'expire',
    })
    expect((await socket.next('points_update')).data).toMatchObject({
      change_points: 30,
      reason_code: 'exchange_cancel',
    })
    expect(await balanceOf(service, again)).toBe(1000)
    const { data } = await service.client.get('/api/exchange/orders', { token: again.token })
    expect(data.orders).toMatchObject([{ exchange_id: id, status: 'expired' }])
    const cancel = await service.client.post(`/api/exchange/orders/${id}/cancel`, { token: again.token })
    expect([cancel.code, cancel.data.current_status]).toEqual([4008, 'expired'])
    expect(await service.database.query('SELECT status FROM vouchers')).toMatchObject([{ status: 'expired' }])
  })

  test('a cancel that races the job moves points and stock back once', async () => {
    const person = await signIn(service)
    const product = await newProduct(service, 20)
    await givePoints(service, person, 1_000)
    const orders = await Promise.all(Array.from({ length: 10 }, () => exchange(service, person, product)))
    service.clock.advance(30 * day_ms)
    const { token } = await signIn(service, person.phone)
    const [job, ...cancels] = await Promise.all([
      run('expire-orders'),
      ...orders.map(({ exchange_id }) => service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token })),
    ])
    const cancelled = cancels.filter(({ code }) => code === 0).length
    expect(job).toEqual({ outcome: 'done', rows: 10 - cancelled })
    expect(await balanceOf(service, { ...person, token })).toBe(2_000)
  })
})

test('the job expire-vouchers ends a prize’s voucher, and leaves an order’s voucher to its order', async () => {
  const person = await signIn(service)
  await exchange(service, person, await newProduct(service, 1))
  await service.database.query(
    `INSERT INTO vouchers (code, kind, user_id, source_id, title, quantity, status, expires_at, created_at)
     VALUES ('PRZ2345678', 'prize', ?, 'DR_1:1', '免费咖啡', 1, 'active', ?, ?)`,
    [person.userId, service.clock.now(), service.clock.now()],
  )
  service.clock.advance(31 * day_ms)
  expect(await run('expire-vouchers')).toEqual({ outcome: 'done', rows: 1 })
  const left = await service.database.query('SELECT kind, status FROM vouchers ORDER BY kind')
  expect(left).toMatchObject([
    { kind: 'product', status: 'active' },
    { kind: 'prize', status: 'expired' },
  ])
  expect(await run('expire-orders')).toEqual({ outcome: 'done', rows: 1 })
})

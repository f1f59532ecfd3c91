import { afterEach, describe, expect, test } from 'bun:test'
import { exchange } from '../support/exchange.ts'
import { runJob } from '../support/jobs.ts'
import { balanceOf, givePoints, newProduct, signIn, signInStaff } from '../support/people.ts'
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

  test('an approval that waits for a second person keeps its receipt open until it ends itself, and holds up no other', async () => {
    const diner = await signIn(service)
    const now = service.clock.now().getTime()
    const claim = { action: 'approve', points: 100 }
    const late = await waitingReceipt(service.database, diner.userId, new Date(now - 6 * day_ms))
    const never = await waitingReceipt(service.database, diner.userId, new Date(now - 6 * day_ms))
    await service.database.query(`UPDATE upload_reviews SET flags = '[{"flag":"same_receipt","upload_id":null}]'`)
    const [owner, reviewer] = [await signInStaff(service, 'owner'), await signInStaff(service, 'reviewer')]
    const ask = async (upload_id: string) => {
      const options = { token: reviewer.token, body: { upload_id, ...claim } }
      return (await service.client.post('/api/merchant/review', options)).data.approval_id
    }
    const [agreed] = [await ask(late), await ask(never)]
    service.clock.advance(2 * day_ms)
    const old = new Date(now - 6 * day_ms + 1)
    for (let i = 0; i < 120; i += 1) await waitingReceipt(service.database, diner.userId, old)
    expect(await run('expire-reviews')).toEqual({ outcome: 'done', rows: 120 })
    const { token } = await signIn(service, owner.phone)
    const path = `/api/merchant/approvals/${agreed}`
    expect((await service.client.post(path, { token, body: { action: 'approve' } })).code).toBe(0)
    expect(await balanceOf(service, await signIn(service, diner.phone))).toBe(1_100)
    service.clock.advance(5 * day_ms)
    expect(await run('expire-reviews')).toEqual({ outcome: 'done', rows: 1 })
    const open = `SELECT COUNT(*) AS open FROM approvals WHERE status = 'pending' OR pending_subject IS NOT NULL`
    expect(await service.database.query(open)).toEqual([{ open: 0 }])
  })

  test('a receipt that expires while somebody asks for approval has one outcome', async () => {
    const diner = await signIn(service)
    await signInStaff(service, 'owner')
    const reviewer = await signInStaff(service, 'reviewer')
    for (let round = 0; round < 5; round += 1) {
      const created = new Date(service.clock.now().getTime() - 8 * day_ms)
      const upload_id = await waitingReceipt(service.database, diner.userId, created)
      await service.database.query(`UPDATE upload_reviews SET flags = '[{"flag":"same_receipt","upload_id":null}]'`)
      const body = { upload_id, action: 'approve' }
      const [{ code }] = await Promise.all([
        service.client.post('/api/merchant/review', { token: reviewer.token, body }),
        run('expire-reviews'),
      ])
      const [row] = await service.database.query<{ review_status: string; asked: number }>(
        `SELECT review_status, (SELECT COUNT(*) FROM approvals WHERE pending_subject = ?) AS asked
           FROM upload_reviews WHERE upload_id = ?`,
        [`upload:${upload_id}`, upload_id],
      )
      expect([code, row]).toEqual(
        code === 6013 ? [6013, { review_status: 'pending', asked: 1 }] : [6004, { review_status: 'expired', asked: 0 }],
      )
    }
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

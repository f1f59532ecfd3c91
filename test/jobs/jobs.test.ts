import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { and, eq, sql } from 'drizzle-orm'
import type { Alert } from '../../src/alerts/alert.ts'
import { createClockGuard } from '../../src/jobs/clock-guard.ts'
import { takeLease } from '../../src/jobs/lease.ts'
import { type Attempt, createRunner } from '../../src/jobs/runner.ts'
import { jobRuns } from '../../src/jobs/runs.ts'
import { leasesTable } from '../../src/jobs/schema.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { balanceOf, givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { waitingReceipt } from '../support/receipts.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, until } from '../support/sockets.ts'
import { readText } from '../support/uploads.ts'

const desk = startAlertDesk()
const service = useService({ REVIEW_TTL_DAYS: '7', VOUCHER_TTL_DAYS: '30', ALERT_WEBHOOK: desk.url })
const day_ms = 86_400_000

afterEach(() => {
  closeSockets()
  desk.told.length = 0
})
afterAll(desk.stop)

function jobNamed(name: string) {
  const job = service.services.jobs.all.find((each) => each.name === name)
  if (!job) throw new Error(`no job ${name}`)
  return job
}

function run(name: string): Promise<Attempt> {
  return service.services.jobs.run(jobNamed(name))
}

async function submit(person: Person, product: number, quantity = 1): Promise<string> {
  const body = { product_id: product, quantity }
  const { data } = await service.client.post('/api/exchange/submit', { token: person.token, body })
  return data.exchange_id
}

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
    const id = await submit(person, product, 3)
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
    const ids = await Promise.all(Array.from({ length: 10 }, () => submit(person, product)))
    service.clock.advance(30 * day_ms)
    const { token } = await signIn(service, person.phone)
    const [job, ...cancels] = await Promise.all([
      run('expire-orders'),
      ...ids.map((id) => service.client.post(`/api/exchange/orders/${id}/cancel`, { token })),
    ])
    const cancelled = cancels.filter(({ code }) => code === 0).length
    expect(job).toEqual({ outcome: 'done', rows: 10 - cancelled })
    expect(await balanceOf(service, { ...person, token })).toBe(2_000)
  })
})

test('the job expire-vouchers ends a prize’s voucher, and leaves an order’s voucher to its order', async () => {
  const person = await signIn(service)
  await submit(person, await newProduct(service, 1))
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

test('the job purge deletes old rows, and none that are needed', async () => {
  const person = await signIn(service)
  const body = { phone: person.phone }
  await service.client.post('/api/auth/send-code', { body })
  await service.client.post('/api/user/check-in', { token: person.token, idempotencyKey: 'key-1' })
  await service.client.post('/api/auth/refresh', { body: { refresh_token: person.refreshToken } })
  const counts = async () => {
    const found: Record<string, number> = {}
    for (const table of ['sms_codes', 'idempotency_keys', 'sessions', 'session_refreshes', 'till_lanes']) {
      const [row] = await service.database.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)
      found[table] = row?.n ?? 0
    }
    return found
  }
  const before = await counts()
  expect(await run('purge')).toEqual({ outcome: 'done', rows: 0 })
  service.clock.advance(47 * 3_600_000)
  expect(await run('purge')).toEqual({ outcome: 'done', rows: 2 })
  expect(await counts()).toEqual({ ...before, sms_codes: 0, session_refreshes: 0 })
  service.clock.advance(2 * 3_600_000)
  expect(await run('purge')).toEqual({ outcome: 'done', rows: 1 })
  service.clock.advance(40 * day_ms)
  await run('purge')
  expect(Object.values(await counts())).toEqual([0, 0, 0, 0, 0])
})

test('the job purge keeps the counts of points that staff gave for 40 days', async () => {
  const { database, calendar } = service.services
  const today = calendar.dayOf(service.clock.now())
  const rows = [0, -39, -42].map((days) => [calendar.plusDays(today, days), 1, 2])
  await database.query('INSERT INTO points_given (business_day, giver_id, diner_id) VALUES ?', [rows])
  expect(await run('purge')).toEqual({ outcome: 'done', rows: 1 })
  expect(await database.query('SELECT business_day FROM points_given ORDER BY 1 DESC')).toEqual(
    rows.slice(0, 2).map(([business_day]) => ({ business_day })),
  )
})

test('the job purge deletes the texts of receipts after 90 days, and their marks with them', async () => {
  const person = await signIn(service)
  await readText(service, person, {}, '单号:202611220012\n2026-11-22 12:00:41')
  const left = async () => {
    const tables = ['receipt_texts', 'receipt_marks', 'upload_reviews']
    return Promise.all(tables.map(async (table) => (await service.database.query(`SELECT 1 FROM ${table}`)).length))
  }
  service.clock.advance(89 * day_ms)
  await run('purge')
  expect(await left()).toEqual([1, 2, 1])
  service.clock.advance(2 * day_ms)
  await run('purge')
  expect(await left()).toEqual([0, 0, 1])
})

test('the job watch-gifts alerts about a pair that got two daily budgets within 30 days, while it goes on', async () => {
  const { database, calendar } = service.services
  const today = calendar.dayOf(service.clock.now())
  const give = async (days: number, giver: number, diner: number, discretionary: number, ordinary = 0) => {
    const row = [calendar.plusDays(today, days), giver, diner, discretionary, ordinary]
    const columns = 'business_day, giver_id, diner_id, discretionary, ordinary'
    await database.query(`INSERT INTO points_given (${columns}) VALUES (?)`, [row])
  }
  await give(-31, 7, 8, 9_999)
  for (const day of [-30, -20, -10, -1]) await give(day, 7, 8, 2_499)
  await give(-1, 7, 9, 1, 90_000)
  await give(-1, 7, 0, 90_000)
  for (const day of [-12, -11, -10, -2]) await give(day, 5, 6, 3_000)
  expect(await run('watch-gifts')).toEqual({ outcome: 'done', rows: 0 })
  await give(-2, 7, 8, 4)
  expect(await run('watch-gifts')).toEqual({ outcome: 'done', rows: 1 })
  await until(() => desk.told.length > 0)
  const details = ['员工 7 近 30 天自行给顾客 8 共 10000 积分']
  expect(desk.told).toMatchObject([{ body: { event: 'staff_pair', count: 1, details } }])
  service.clock.advance(day_ms)
  expect(await run('watch-gifts')).toEqual({ outcome: 'done', rows: 0 })
})

test('the job sweep-images stops at another installation’s images, alerts once, and works again on its own', async () => {
  const { store } = service.services
  expect(await run('sweep-images')).toEqual({ outcome: 'done', rows: 0 })
  const own = (await store.mark()) ?? ''
  await store.setMark('ANOTHER')
  await store.put('receipts/THEIRS.jpg', new Uint8Array([1]))
  const stopped = { outcome: 'failed', rows: 0, error: expect.stringContaining('AlertedError: the image store') }
  expect(await run('sweep-images')).toMatchObject(stopped)
  expect(await run('sweep-images')).toMatchObject(stopped)
  await until(() => desk.told.length > 0)
  expect(desk.told).toMatchObject([{ body: { event: 'sweep_stopped', count: 1 } }])
  expect(desk.told[0]?.body.text).toContain('不像是同一套安装')
  await store.setMark(own)
  expect(await run('sweep-images')).toEqual({ outcome: 'done', rows: 0 })
})

describe('reconcile', () => {
  test('a reconcile finds nothing where all is well', async () => {
    await signIn(service)
    expect(await run('reconcile')).toEqual({ outcome: 'done', rows: 0 })
  })

  test('a reconcile reports a balance that disagrees, alerts, and repairs nothing', async () => {
    const { userId } = await signIn(service)
    await service.database.query('UPDATE users SET total_points = total_points + 7 WHERE user_id = ?', [userId])
    expect(await run('reconcile')).toEqual({ outcome: 'done', rows: 1 })
    expect(await service.services.metrics.text()).toContain('reconcile_mismatches 1')
    await until(() => desk.told.length > 0)
    expect(desk.told).toMatchObject([{ body: { event: 'ledger_mismatch', count: 1 } }])
    expect(desk.told[0]?.body.text).toContain(`a balance is the sum of its ledger: ${userId}`)
    const [user] = await service.database.query('SELECT total_points FROM users WHERE user_id = ?', [userId])
    expect(user).toEqual({ total_points: 1_007 })
    await service.database.query('UPDATE users SET total_points = total_points - 7 WHERE user_id = ?', [userId])
  })
})

describe('a lease', () => {
  const take = (owner: string) => takeLease(service.database, 'thing', owner, service.services.logger)

  test('only one of many gets the lease, and the next holder has a higher fence', async () => {
    const taken = await Promise.all(Array.from({ length: 12 }, (_, i) => take(`replica-${i}`)))
    const holders = taken.filter((lease) => lease !== undefined)
    expect(holders).toHaveLength(1)
    await holders[0]?.release()
    const next = await take('later')
    expect(next?.fence).toBe((holders[0]?.fence ?? 0) + 1)
    await next?.release()
  })

  test('a released lease stays free, even if a renewal was under way', async () => {
    const lease = await take('mine')
    await lease?.release()
    const renewal = service.database.orm
      .update(leasesTable)
      .set({ until: sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND` })
      .where(and(eq(leasesTable.owner, 'mine'), eq(leasesTable.fence, lease?.fence ?? 0)))
    expect((await renewal)[0].affectedRows).toBe(0)
  })

  test('a lease passes on when it ends by the database’s clock, and its old holder can’t release it', async () => {
    const dead = await take('dead')
    expect(await take('heir')).toBeUndefined()
    await service.database.orm.update(leasesTable).set({ until: sql`UTC_TIMESTAMP(3) - INTERVAL 1 SECOND` })
    const heir = await take('heir')
    expect(heir?.fence).toBe((dead?.fence ?? 0) + 1)
    await dead?.release()
    expect(await take('third')).toBeUndefined()
    await heir?.release()
  })
})

describe('a clock that was ahead', () => {
  const tomorrow = () => new Date(Date.now() + day_ms)

  test('a lease that a clock ahead left in the future holds nobody up', async () => {
    await run('purge')
    await service.database.orm.update(leasesTable).set({ owner: 'ahead', until: tomorrow() })
    expect(await run('purge')).toEqual({ outcome: 'done', rows: 0 })
  })

  test('a lease that a clock two minutes ahead has renewed is honoured', async () => {
    const lease = await takeLease(service.database, 'thing', 'mine', service.services.logger)
    const until = new Date(Date.now() + 115_000)
    await service.database.orm.update(leasesTable).set({ until })
    expect(await takeLease(service.database, 'thing', 'other', service.services.logger)).toBeUndefined()
    await lease?.release()
  })

  test('runs that a clock ahead left in the future are counted, and make no job late', async () => {
    const job = jobNamed('purge')
    await run('purge')
    const { due } = await service.services.jobs.standing(job)
    await service.database.query('UPDATE job_runs SET started_at = ?, ended_at = ?', [tomorrow(), tomorrow()])
    expect(await service.services.jobs.runsAhead()).toBe(1)
    expect(await service.services.jobs.standing(job)).toEqual({ last: undefined, due: new Date(0) })
    await run('purge')
    const again = (await service.services.jobs.standing(job)).due
    expect(Math.abs((again?.getTime() ?? 0) - (due?.getTime() ?? 0))).toBeLessThanOrEqual(3_600_000)
  })
})

describe('the clock guard', () => {
  let [set_ms, passed_ms] = [0, 0]
  let told: Alert[] = []
  const guardOf = () =>
    createClockGuard({
      database: service.database,
      runs: jobRuns(service.database, service.clock.now),
      alerts: { raise: (alert) => told.push(alert) },
      now: () => new Date(Date.now() + set_ms + passed_ms),
      elapsed_ms: () => performance.now() + passed_ms,
    })
  beforeEach(() => {
    ;[set_ms, passed_ms, told] = [0, 0, []]
  })

  test('a clock that jumped ahead is not trusted, with one alert, until it is right again', async () => {
    const guard = guardOf()
    expect(await guard.isTrusted()).toBe(true)
    set_ms = day_ms
    expect([await guard.isTrusted(), await guard.isTrusted()]).toEqual([false, false])
    expect(told).toEqual([{ event: 'clock_wrong', why: 'jumped', by_s: 86_400 }])
    set_ms = 0
    expect(await guard.isTrusted()).toBe(true)
    set_ms = -day_ms
    expect(await guard.isTrusted()).toBe(true)
  })

  test('a clock that is ahead of the database’s is never trusted, however long that lasts', async () => {
    set_ms = day_ms
    const guard = guardOf()
    expect(await guard.isTrusted()).toBe(false)
    passed_ms += day_ms
    expect(await guard.isTrusted()).toBe(false)
    expect(told).toEqual([{ event: 'clock_wrong', why: 'apart', by_s: 86_400 }])
  })

  test('a jump is believed after ten minutes if the database’s clock agrees', async () => {
    set_ms = -day_ms
    const guard = guardOf()
    set_ms = -10 * 60_000
    expect(await guard.isTrusted()).toBe(false)
    passed_ms = 9 * 60_000
    expect(await guard.isTrusted()).toBe(false)
    passed_ms = 10 * 60_000
    expect(await guard.isTrusted()).toBe(true)
  })

  test('runs in the future raise one alert and let jobs run', async () => {
    await run('purge')
    await service.database.query('UPDATE job_runs SET started_at = ?', [new Date(Date.now() + day_ms)])
    const guard = guardOf()
    expect([await guard.isTrusted(), await guard.isTrusted()]).toEqual([true, true])
    expect(told).toEqual([{ event: 'clock_wrong', why: 'future_runs', by_s: 0 }])
  })
})

describe('runs', () => {
  test('each run is recorded, and one that broke off is marked so', async () => {
    await service.database.query(`INSERT INTO job_runs (job, instance, started_at) VALUES ('purge', 'gone', ?)`, [
      new Date(service.clock.now().getTime() - 60_000),
    ])
    await run('purge')
    const runs = await service.database.query('SELECT job, instance, rows_done, error FROM job_runs ORDER BY run_id')
    expect(runs).toMatchObject([
      { job: 'purge', instance: 'gone', error: 'broken off' },
      { job: 'purge', rows_done: 0, error: null },
    ])
  })

  test('a job is due from its first tick after its last good run, and a missed tick is caught up with', async () => {
    const job = jobNamed('reconcile')
    expect((await service.services.jobs.standing(job)).due?.getTime()).toBe(0)
    await run('reconcile')
    const { due, last } = await service.services.jobs.standing(job)
    expect(last?.error).toBeNull()
    const wait_ms = (due?.getTime() ?? 0) - service.clock.now().getTime()
    expect(wait_ms).toBeGreaterThan(0)
    expect(wait_ms).toBeLessThanOrEqual(day_ms)
    expect(due?.toISOString()).toEndWith('T20:30:00.000Z')
  })

  test('a run that a stop cuts short leaves no record, does not fail, and its job is still due', async () => {
    await signIn(service)
    const { services, database, clock } = service
    const [stopping, reports] = [new AbortController(), [] as unknown[]]
    const attempt = createRunner({
      ...services,
      database,
      ...{ now: clock.now, elapsed_ms: clock.elapsed_ms },
      runs: jobRuns(database, clock.now),
      instance: 'stopping',
      report: (run) => reports.push(run),
      stop: stopping.signal,
    })
    const reconcile = jobNamed('reconcile')
    const step = (stop: AbortSignal) => {
      stopping.abort()
      return reconcile.step(stop)
    }
    expect(await attempt({ ...reconcile, step }, 'now')).toEqual({ outcome: 'stopped', rows: 0 })
    expect(await attempt(reconcile, 'now')).toEqual({ outcome: 'stopped', rows: 0 })
    expect(await services.jobs.standing(reconcile)).toEqual({ last: undefined, due: new Date(0) })
    expect([reports, desk.told]).toEqual([[], []])
    expect(await run('reconcile')).toEqual({ outcome: 'done', rows: 0 })
  })

  test('a row that can’t be settled holds up no other, and the run is recorded as failed', async () => {
    const [poor, rich] = [await signIn(service), await signIn(service)]
    const product = await newProduct(service, 5)
    await Promise.all([submit(poor, product), submit(rich, product)])
    const most = 2_147_483_647
    await service.database.query('UPDATE users SET total_points = ? WHERE user_id = ?', [most, rich.userId])
    service.clock.advance(30 * day_ms)
    const attempt = await run('expire-orders')
    expect(attempt).toEqual({ outcome: 'failed', rows: 1, error: '1 rows could not be settled' })
    expect(await run('expire-orders')).toMatchObject({ outcome: 'failed', rows: 0 })
    await until(() => desk.told.length > 0)
    expect(desk.told).toMatchObject([{ body: { event: 'job_failed', count: 1 } }])
    expect(await service.services.metrics.text()).toContain('job_runs_total{name="expire-orders",outcome="failed"} 2')
    await service.database.query('UPDATE users SET total_points = 990 WHERE user_id = ?', [rich.userId])
    expect(await run('expire-orders')).toEqual({ outcome: 'done', rows: 1 })
  })
})

import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { startAlertDesk } from '../support/alert-desk.ts'
import { runJob } from '../support/jobs.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
const service = useService({ ALERT_WEBHOOK: desk.url })
const day_ms = 86_400_000

afterEach(() => {
  desk.told.length = 0
})
afterAll(desk.stop)

const run = (name: string) => runJob(service, name)

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

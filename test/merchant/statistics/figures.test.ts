import { expect, test } from 'bun:test'
import { readMovedByDay } from '../../../src/merchant/statistics/ledger.ts'
import { givePoints, newProduct, type Person, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
const day_ms = 86_400_000

async function figures(period = 'month') {
  const { token } = await signInStaff(service, 'auditor')
  return (await service.client.get(`/api/merchant/figures?period=${period}`, { token })).data
}

async function outstanding(): Promise<number> {
  const [row] = await service.database.query<{ sum: string }>('SELECT SUM(total_points) AS sum FROM users')
  return Number(row?.sum)
}

/** Lets what the ledger holds so far have happened earlier. */
async function age(ms: number): Promise<void> {
  const us = ms * 1_000
  await service.database.query(`UPDATE points_records SET created_at = created_at - INTERVAL ${us} MICROSECOND`)
}

async function orderOf({ token }: Person, points: number): Promise<string> {
  const product_id = await newProduct(service, 5, { exchange_points: points })
  const { data } = await service.client.post('/api/exchange/submit', { token, body: { product_id } })
  return data.exchange_id
}

test('what came to diners is given, what they spent is spent, and a cancelled order is neither', async () => {
  const diner = await signIn(service)
  await givePoints(service, diner, 500)
  await givePoints(service, diner, -40)
  await orderOf(diner, 200)
  const cancelled = await orderOf(diner, 300)
  await service.client.post(`/api/exchange/orders/${cancelled}/cancel`, { token: diner.token })
  await service.client.post('/api/user/check-in', { token: diner.token })
  const { points, today } = await figures()
  expect(points.by_source).toEqual([
    { source: 'register', given: 2_000, spent: 0 },
    { source: 'exchange', given: 0, spent: 500 },
    { source: 'exchange_cancel', given: 0, spent: -300 },
    { source: 'check_in', given: 50, spent: 0 },
    { source: 'admin', given: 500, spent: 40 },
  ])
  expect([points.given, points.spent, points.outstanding]).toEqual([2_550, 240, await outstanding()])
  expect(points.outstanding).toBe(points.given - points.spent)
  expect([today.given, today.spent, today.exchanges, today.new_users]).toEqual([2_550, 240, 2, 2])
})

test('each day ends with what was outstanding then', async () => {
  const diner = await signIn(service)
  await givePoints(service, diner, 300)
  await age(2 * day_ms)
  await orderOf(diner, 100)
  await age(day_ms)
  const { series } = (await figures('week')).points
  expect(series.map(({ given, spent, outstanding }: Record<string, number>) => [given, spent, outstanding])).toEqual([
    ...[
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [1_300, 0, 1_300],
      [0, 0, 1_300],
      [0, 100, 1_200],
      [1_000, 0, 2_200],
    ],
  ])
})

test('today is compared with the same day of last week until the same time', async () => {
  const { calendar } = service.services
  const now = service.clock.now()
  const day = calendar.dayOf(now)
  const noon = calendar.startOf(day).getTime() + 12 * 3_600_000
  service.clock.shift(noon - now.getTime())
  const diner = await signIn(service)
  await age(7 * day_ms + 1_000)
  const late = await signIn(service)
  await givePoints(service, late, 5)
  await service.database.query(
    `UPDATE points_records SET created_at = created_at - INTERVAL ${7 * day_ms - 60_000} * 1000 MICROSECOND
      WHERE user_id = ?`,
    [late.userId],
  )
  const auditor = await signInStaff(service, 'auditor')
  const sent = new Date(noon - 600_000)
  const upload_id = await newUpload(service, diner, { created_at: sent })
  const reviewer = await signInStaff(service, 'reviewer')
  await service.client.post('/api/merchant/review', { token: reviewer.token, body: { upload_id, action: 'approve' } })
  const { data } = await service.client.get('/api/merchant/figures', { token: auditor.token })
  expect(data.today).toMatchObject({ day, uploads: 1, approved: 1, points_awarded: 885, given: 2_885 })
  expect(data.today.review_minutes).toBeCloseTo(10, 0)
  expect(data.last_week).toMatchObject({ day: calendar.plusDays(day, -7), given: 1_000, spent: 0, uploads: 0 })
  expect(data.last_week.review_minutes).toBeNull()
  expect(Date.parse(data.today.until) - Date.parse(data.last_week.until)).toBe(7 * day_ms)
})

test('rows of the ledger are found by their numbers, whatever the gaps, and those beside them left out', async () => {
  const diner = await signIn(service)
  const at = (days: number) => new Date(Date.UTC(2026, 0, 1 + days))
  const rows = Array.from({ length: 400 }, (_, index) => [
    ...[1_000_000 + index * 1_000, diner.userId, 10 + index, 7, 'earn', 'admin', `T_${index}`, '', 7],
    new Date(at(0).getTime() + index * 3_600_000 - (index % 7) * 60_000),
  ])
  const columns = 'record_id, user_id, seq, points, type, source, related_id, description, balance_after, created_at'
  await service.database.query(`INSERT INTO points_records (${columns}) VALUES ?`, [rows])
  const days = [0, 1, 2, 9, 16].map((day) => ({ day: `${day}`, from: at(day), to: at(day + 1) }))
  const found = await readMovedByDay(service.database, days)
  const expected = days.map(({ from, to }) => {
    const own = rows.filter((row) => (row[9] as Date) >= from && (row[9] as Date) < to)
    return own.length * 7
  })
  expect(found.map(([one]) => one?.given)).toEqual(expected)
  expect(expected.slice(0, 4).every((sum) => sum > 100)).toBe(true)
  await service.database.query("DELETE FROM points_records WHERE related_id LIKE 'T\\_%'")
})

test('many who ask at once share one reading of the ledger, and who asks later reads it anew', async () => {
  const { token } = await signInStaff(service, 'auditor')
  const ask = async () => (await service.client.get('/api/merchant/figures', { token })).data.points.given
  const before = await ask()
  const connection = await service.database.acquire()
  await connection.query('LOCK TABLES points_records WRITE')
  const asked = Array.from({ length: 5 }, ask)
  const reading = `SELECT COUNT(*) AS n FROM information_schema.processlist
    WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE '%FROM points_records%'`
  const readers = async () => Number((await service.database.query<{ n: number }>(reading))[0]?.n)
  try {
    await until(async () => (await readers()) > 0)
    await Bun.sleep(300)
    expect(await readers()).toBe(1)
  } finally {
    await connection.query('UNLOCK TABLES')
    connection.release()
  }
  expect(await Promise.all(asked)).toEqual([before, before, before, before, before])
  await givePoints(service, await signIn(service), 5)
  expect(await ask()).toBe(before + 1_005)
})

test('the figures are those of the staff who may see them', async () => {
  const { token } = await signInStaff(service, 'reviewer')
  expect((await service.client.get('/api/merchant/figures', { token })).code).toBe(2007)
  const auditor = await signInStaff(service, 'auditor')
  expect((await service.client.get('/api/merchant/figures?period=today', { token: auditor.token })).code).toBe(9000)
})

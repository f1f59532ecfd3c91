import { expect, test } from 'bun:test'
import { runJob } from '../support/jobs.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { readText } from '../support/uploads.ts'

const service = useService()
const day_ms = 86_400_000

const run = (name: string) => runJob(service, name)

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

import { describe, expect, test } from 'bun:test'
import { balanceOf, givePoints, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const get = (path: string, token: string) => service.client.get(path, { token })

describe('check-in', () => {
  const checkIn = (token: string, idempotencyKey?: string) =>
    service.client.post('/api/user/check-in', { token, ...(idempotencyKey ? { idempotencyKey } : {}) })

  test('a check-in gives 50 points once a business day, even under 20 parallel calls', async () => {
    const person = await signIn(service)
    const answers = await Promise.all(Array.from({ length: 20 }, () => checkIn(person.token)))
    expect(answers.filter(({ code }) => code === 0).map(({ data }) => data)).toEqual([
      { points_awarded: 50, total_points: 1050, streak_days: 1 },
    ])
    expect(answers.filter(({ code }) => code === 2006)).toHaveLength(19)
    expect(await balanceOf(service, person)).toBe(1050)
  })

  test('days in a row make a streak, and a missed day starts it again', async () => {
    const { phone } = await signIn(service)
    const streaks: number[] = []
    for (const days of [0, 1, 1, 2]) {
      service.clock.advance(days * 86_400_000)
      const { token } = await signIn(service, phone)
      streaks.push((await checkIn(token)).data.streak_days)
    }
    expect(streaks).toEqual([1, 2, 3, 1])
  })

  test('a check-in that is repeated with its key gets the first answer', async () => {
    const { token } = await signIn(service)
    const first = await checkIn(token, 'day-1')
    const again = await checkIn(token, 'day-1')
    expect(again.data).toEqual(first.data)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
  })
})

describe('the ledger', () => {
  test('the ledger is numbered without a gap, newest first, and each row has the balance after it', async () => {
    const person = await signIn(service)
    for (const points of [5, -3, 7]) await givePoints(service, person, points)
    const { data } = await get('/api/user/points/records', person.token)
    expect(data.records.map((record: { points: number }) => record.points)).toEqual([7, -3, 5, 1000])
    expect(data.records.map((record: { balance_after: number }) => record.balance_after)).toEqual([
      1009, 1002, 1005, 1000,
    ])
    expect(data.pagination).toEqual({ page: 1, limit: 20, total: 4, total_pages: 1 })
  })

  test('the ledger can be filtered by type and source, and is paged', async () => {
    const person = await signIn(service)
    for (const points of [5, -3, 7]) await givePoints(service, person, points)
    const points = async (query: string) =>
      (await get(`/api/user/points/records?${query}`, person.token)).data.records.map(
        (r: { points: number }) => r.points,
      )
    expect(await points('type=spend')).toEqual([-3])
    expect(await points('type=earn&source=admin')).toEqual([7, 5])
    expect(await points('source=register')).toEqual([1000])
    expect(await points('limit=2&page=2')).toEqual([5, 1000])
    expect(await points('page=999')).toEqual([])
  })

  test.each([
    'page=0',
    'page=-1',
    'page=1.5',
    'page=x',
    'limit=0',
    'limit=101',
    'limit=1e2',
    'page=1&page=2',
    'type=x',
    'source=x',
    'page=99999999999999999999',
    'page=１',
  ])('the query %s is refused with 9000, and the answer names the wrong field', async (query) => {
    const { token } = await signIn(service)
    const { code, data } = await get(`/api/user/points/records?${query}`, token)
    expect(code).toBe(9000)
    expect(data.issues[0].path).toBe(query.split('=')[0] as string)
  })

  test('only its owner can see a ledger', async () => {
    const [one, other] = [await signIn(service), await signIn(service)]
    await givePoints(service, one, 77)
    expect((await get('/api/user/points/records', other.token)).data.pagination.total).toBe(1)
  })

  test('the statistics sum the ledger by direction and source', async () => {
    const person = await signIn(service)
    for (const points of [5, -3, 7]) await givePoints(service, person, points)
    expect((await get('/api/user/points/statistics', person.token)).data).toEqual({
      current_points: 1009,
      total_earned: 1012,
      total_spent: 3,
      earn_by_source: { register: 1000, admin: 12 },
      spend_by_source: { admin: 3 },
      records_count: { earn: 3, spend: 1, total: 4 },
    })
  })

  test('of 40 parallel corrections none is lost, and none takes the balance below zero', async () => {
    const person = await signIn(service)
    const changes = Array.from({ length: 40 }, (_, i) => (i % 2 ? 40 : -120))
    const results = await Promise.allSettled(changes.map((points) => givePoints(service, person, points)))
    const applied = changes.filter((_, i) => results[i]?.status === 'fulfilled')
    expect(await balanceOf(service, person)).toBe(1000 + applied.reduce((sum, points) => sum + points, 0))
  })
})

describe('the database’s own checks', () => {
  const broken = async (sql: string) => {
    await signIn(service)
    return service.database.query(sql).then(
      () => 'accepted',
      (error: { errno: number }) => error.errno,
    )
  }
  const checkFailed = [4025, 3819]

  test('the database refuses a negative balance', async () => {
    expect(checkFailed).toContain((await broken('UPDATE users SET total_points = -1')) as number)
  })
  test('the database refuses a ledger row of the wrong sign', async () => {
    expect(checkFailed).toContain((await broken("UPDATE points_records SET type = 'spend'")) as number)
  })
  test('the database refuses a second ledger row with the same number', async () => {
    const sql = `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
      SELECT user_id, seq, 1, 'earn', 'admin', 'X', '', 1, created_at FROM points_records`
    expect(await broken(sql)).toBe(1062)
  })
  test('the database refuses a second ledger row for one cause', async () => {
    const sql = `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
      SELECT user_id, 2, points, type, source, related_id, '', 1, created_at FROM points_records`
    expect(await broken(sql)).toBe(1062)
  })
  test('the database refuses a lower-case colour, a stray angle and odds above one', async () => {
    for (const set of ["color = '#ff6b6b'", 'angle = 44', 'angle = 360', 'probability = 1.0001']) {
      expect(checkFailed).toContain((await broken(`UPDATE lottery_prizes SET ${set} WHERE prize_id = 1`)) as number)
    }
  })
})

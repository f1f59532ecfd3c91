import { beforeEach, expect, test } from 'bun:test'
import { newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
let diner: Person
let merchant: Person

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
})

const statistics = async (period: string) =>
  (await service.client.get(`/api/merchant/statistics?period=${period}`, { token: merchant.token })).data

test('without any data the statistics have no rates, but a complete series of days', async () => {
  expect((await statistics('today')).series).toHaveLength(1)
  expect((await statistics('week')).series).toHaveLength(7)
  const month = await statistics('month')
  expect(month.series).toHaveLength(30)
  expect(month).toMatchObject({ pending: 0, avg_review_minutes: null, reviewed: { total: 0, approval_rate: null } })
})

test('an unknown period is refused with 9000', async () => {
  const answer = await service.client.get('/api/merchant/statistics?period=year', { token: merchant.token })
  expect(answer.code).toBe(9000)
})

test('the statistics of today count reviews, points, draws, orders and new accounts', async () => {
  const decide = (upload_id: string, action: string) =>
    service.client.post('/api/merchant/review', { token: merchant.token, body: { upload_id, action } })
  const sent = new Date(service.clock.now().getTime() - 600_000)
  const [first, second] = [
    await newUpload(service, diner, { created_at: sent }),
    await newUpload(service, diner, { created_at: sent, estimated_points: 100 }),
  ]
  await newUpload(service, diner)
  await decide(first, 'approve')
  await decide(second, 'reject')
  await service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'single' } })
  const product_id = await newProduct(service, 5)
  await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
  const today = await statistics('today')
  expect(today).toMatchObject({
    pending: 1,
    reviewed: { total: 2, approved: 1, rejected: 1, expired: 0, approval_rate: 0.5 },
    points: { awarded: 885, average: 885, spent_on_draws: 100, spent_on_exchange: 10 },
    personal: { total: 2, approved: 1, rejected: 1, points_awarded: 885 },
    avg_review_minutes: 10,
    draws: 1,
    exchanges: 1,
    new_users: 2,
  })
  expect(today.series[0]).toMatchObject({ approved: 1, rejected: 1, points_awarded: 885, draws: 1, exchanges: 1 })
})

test('the statistics use the restaurant’s business days, not those of UTC', async () => {
  const { calendar } = service.services
  const day = calendar.dayOf(service.clock.now())
  const midnight = calendar.startOf(day).getTime()
  const verdict = { review_status: 'rejected', reviewer_id: merchant.userId } as const
  await newUpload(service, diner, { ...verdict, review_time: new Date(midnight - 1) })
  await newUpload(service, diner, { ...verdict, review_time: new Date(midnight) })
  expect((await statistics('today')).reviewed.rejected).toBe(1)
  const week = await statistics('week')
  expect(week.series.slice(-2)).toMatchObject([
    { day: calendar.plusDays(day, -1), rejected: 1 },
    { day, rejected: 1 },
  ])
  expect(week.range).toEqual({ from: calendar.plusDays(day, -6), to: day })
})

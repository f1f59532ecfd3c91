import { beforeEach, describe, expect, test } from 'bun:test'
import { type Person, signIn, signInMerchant, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
const unread = { recognized_amount_fen: null }
let diner: Person
let merchant: Person

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
})

const decide = (body: object, options: { token?: string; idempotencyKey?: string } = {}) =>
  service.client.post('/api/merchant/review', { token: merchant.token, body, ...options })

describe('lists', () => {
  test('pending reviews come oldest first, with masked phones and absolute links', async () => {
    const older = await newUpload(service, diner, { created_at: new Date(Date.now() - 60_000) })
    const newer = await newUpload(service, diner)
    const { data } = await service.client.get('/api/merchant/pending-reviews?limit=1', { token: merchant.token })
    expect(data.reviews).toMatchObject([
      { upload_id: older, input_amount: '88.50', recognized_amount: '88.50', estimated_points: 885, flags: [] },
    ])
    expect(data.reviews[0].user.mobile).toMatch(/^\d{3}\*{4}\d{4}$/)
    expect(data.reviews[0].image_url).toStartWith(`${service.url}/images/`)
    expect(data.pagination).toEqual({ page: 1, limit: 1, total: 2, total_pages: 2 })
    const second = await service.client.get('/api/merchant/pending-reviews?limit=1&page=2', { token: merchant.token })
    expect(second.data.reviews[0].upload_id).toBe(newer)
  })

  test('the history can be filtered by status and by business day', async () => {
    const [approved, rejected] = [await newUpload(service, diner), await newUpload(service, diner)]
    await decide({ upload_id: approved, action: 'approve' })
    await decide({ upload_id: rejected, action: 'reject' })
    const history = (query: string) =>
      service.client.get(`/api/merchant/reviews/history${query}`, { token: merchant.token })
    expect((await history('')).data.pagination.total).toBe(2)
    expect((await history('?from=2000-01-01&to=2999-12-31')).data.pagination.total).toBe(2)
    for (const query of ['from=0000-01-01', 'from=1999-12-31', 'to=9999-12-31', 'to=3000-01-01']) {
      expect((await history(`?${query}`)).code).toBe(9000)
    }
    expect((await history('?status=approved')).data.reviews).toMatchObject([{ upload_id: approved }])
    const today = service.services.calendar.dayOf(new Date())
    expect((await history(`?from=${today}&to=${today}`)).data.pagination.total).toBe(2)
    const tomorrow = service.services.calendar.plusDays(today, 1)
    expect((await history(`?from=${tomorrow}`)).data.pagination.total).toBe(0)
    expect((await history('?from=yesterday')).code).toBe(9000)
  })
})

describe('one upload', () => {
  const look = (id: string, by = merchant) => service.client.get(`/api/merchant/uploads/${id}`, { token: by.token })

  test('it is shown before and after its review, with who decided', async () => {
    const upload_id = await newUpload(service, diner)
    expect((await look(upload_id)).data).toMatchObject({ upload_id, review_status: 'pending', reviewer: null })
    await decide({ upload_id, action: 'reject', reason: '看不清' })
    expect((await look(upload_id)).data).toMatchObject({
      ...{ review_status: 'rejected', review_reason: '看不清', reviewer: { user_id: merchant.userId } },
    })
  })

  test('one that waits for another person says so, until that person decides', async () => {
    const owner = await signInStaff(service, 'owner')
    const upload_id = await newUpload(service, diner, { ...unread, input_amount_fen: 200_000 })
    const asked = await decide({ upload_id, action: 'approve', amount: 2_000 })
    expect(asked.code).toBe(6013)
    const { approval_id } = asked.data
    expect((await look(upload_id)).data.approval_id).toBe(approval_id)
    const { data } = await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })
    expect(data.reviews).toMatchObject([{ upload_id, approval_id }])
    const word = { token: owner.token, body: { action: 'reject' } }
    expect((await service.client.post(`/api/merchant/approvals/${approval_id}`, word)).code).toBe(0)
    expect((await look(upload_id)).data.approval_id).toBeNull()
  })

  test.each(['UP_AAAAAAAAAAAAAAAA', 'UP_1', 'x'])(
    'the upload %s, which nobody sent, is refused with 6003',
    async (id) => {
      expect((await look(id)).code).toBe(6003)
    },
  )
})

import { beforeEach, describe, expect, test } from 'bun:test'
import { review } from '../../../src/merchant/reviews/review.ts'
import { askedBy, balanceOf, giftTerms, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { codeOf, withReplica } from '../../support/replica.ts'
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

describe('the merchant’s side', () => {
  test.each([
    ['GET', '/api/merchant/pending-reviews'],
    ['GET', '/api/merchant/reviews/history'],
    ['GET', '/api/merchant/statistics'],
    ['GET', '/api/merchant/products'],
    ['GET', '/api/merchant/prizes'],
    ['GET', '/api/merchant/users?mobile=13800138000'],
    ['GET', '/api/merchant/vouchers/ABCDEFGH23'],
    ['POST', '/api/merchant/review'],
    ['POST', '/api/merchant/batch-review'],
    ['POST', '/api/merchant/products'],
    ['POST', '/api/merchant/users/1/points'],
    ['PUT', '/api/merchant/prizes'],
    ['DELETE', '/api/merchant/products/1'],
  ] as const)('%s %s is refused with 2005 for a diner, and with 2001 without a token', async (method, path) => {
    const call = service.client[method.toLowerCase() as 'get']
    expect((await call(path, { token: diner.token })).code).toBe(2005)
    expect((await call(path)).code).toBe(2001)
  })

  test('a grant by the command line works at once for a token that was seen before', async () => {
    expect((await service.client.get('/api/merchant/prizes', { token: diner.token })).code).toBe(2005)
    await service.database.query('UPDATE users SET is_merchant = 1 WHERE user_id = ?', [diner.userId])
    expect((await service.client.get('/api/merchant/prizes', { token: diner.token })).code).toBe(0)
  })
})

describe('review', () => {
  test('an approval awards the estimate, writes the ledger row and the audit row, and is pushed', async () => {
    const upload_id = await newUpload(service, diner)
    const { code, data } = await decide({ upload_id, action: 'approve' })
    expect(code).toBe(0)
    expect(data).toMatchObject({ upload_id, action: 'approve', points_awarded: 885, user_new_balance: 1885 })
    expect(await balanceOf(service, diner)).toBe(1885)
    const records = await service.client.get('/api/user/points/records?source=photo_upload', { token: diner.token })
    expect(records.data.records).toMatchObject([{ points: 885, related_id: upload_id }])
    const audit = await service.database.query<{ actor_id: number; action: string }>(
      'SELECT actor_id, action FROM audit_log WHERE target = ?',
      [`upload:${upload_id}`],
    )
    expect(audit).toEqual([{ actor_id: merchant.userId, action: 'review.approve' }])
  })

  test('a rejection awards nothing and stores its reason', async () => {
    const upload_id = await newUpload(service, diner)
    const { data } = await decide({ upload_id, action: 'reject', points: 10, reason: ' 小票模糊 ' })
    expect(data).toMatchObject({ points_awarded: 0, user_new_balance: 1000 })
    const history = await service.client.get('/api/merchant/reviews/history', { token: merchant.token })
    expect(history.data.reviews).toMatchObject([
      { upload_id, review_status: 'rejected', review_reason: '小票模糊', reviewer: { user_id: merchant.userId } },
    ])
  })

  test('an approval of 0 points writes no ledger row', async () => {
    const upload_id = await newUpload(service, diner)
    expect((await decide({ upload_id, action: 'approve', points: 0 })).data.points_awarded).toBe(0)
    expect(await balanceOf(service, diner)).toBe(1000)
  })

  test('a review may award twice the estimate, and one point more is refused with 6005', async () => {
    const first = await newUpload(service, diner)
    const over = await decide({ upload_id: first, action: 'approve', points: 1771 })
    expect(over).toMatchObject({ code: 6005, data: { max_points: 1770 } })
    expect((await decide({ upload_id: first, action: 'approve', points: 1770 })).code).toBe(0)
  })

  test('a receipt that was not read is approved only with the reviewer’s own amount, which decides the points', async () => {
    const upload_id = await newUpload(service, diner, { ...unread, input_amount_fen: null })
    for (const claim of [{}, { points: 1 }, { points: 0 }])
      expect((await decide({ upload_id, action: 'approve', ...claim })).code).toBe(6014)
    const { data } = await decide({ upload_id, action: 'approve', amount: 12.39 })
    expect(data.points_awarded).toBe(123)
    const history = await service.client.get('/api/merchant/reviews/history', { token: merchant.token })
    expect(history.data.reviews[0].reviewed_amount).toBe('12.39')
  })

  test('the reviewer’s own amount doesn’t move the cap', async () => {
    const read = await newUpload(service, diner, { input_amount_fen: 12_780, recognized_amount_fen: 12_780 })
    const typed = await newUpload(service, diner, { ...unread, input_amount_fen: 12_780 })
    for (const upload_id of [read, typed]) {
      for (const claim of [{ amount: 9_999.99 }, { amount: 9_999.99, points: 100_000 }, { amount: 255.7 }])
        expect(await decide({ upload_id, action: 'approve', ...claim })).toMatchObject({
          code: 6005,
          data: { max_points: 2_556 },
        })
    }
    expect(await balanceOf(service, diner)).toBe(1_000)
  })

  test.each([
    [10_000, 9_900, 990, 1_980],
    [10_000, 9_899, 989, 1_978],
    [10_000, 10_100, 1_010, 2_000],
    [10_000, 10_101, 1_000, 2_000],
    [null, 10_000, 1_000, 2_000],
  ])('typed as %p and read as %p, a receipt is worth %p points and at most %p', async (typed, read, worth, most) => {
    const amounts = { input_amount_fen: typed, recognized_amount_fen: read }
    const [first, second] = [await newUpload(service, diner, amounts), await newUpload(service, diner, amounts)]
    expect((await decide({ upload_id: first, action: 'approve' })).data.points_awarded).toBe(worth)
    const over = await decide({ upload_id: second, action: 'approve', points: most + 1 })
    expect(over).toMatchObject({ code: 6005, data: { max_points: most } })
    expect((await decide({ upload_id: second, action: 'approve', points: most })).code).toBe(0)
  })

  test.each([' ', '\u200b', '\n\u3164\n', '\u2800'])(
    'a reason of %j, in which nobody sees anything, is none: the verdict gives its own',
    async (reason) => {
      const upload_id = await newUpload(service, diner)
      expect((await decide({ upload_id, action: 'reject', reason })).code).toBe(0)
      const { data } = await service.client.get(`/api/photo/review/${upload_id}`, { token: diner.token })
      expect(data.review_reason).toBe('小票未通过审核')
    },
  )

  test('a reason may have several lines', async () => {
    const upload_id = await newUpload(service, diner)
    expect((await decide({ upload_id, action: 'reject', reason: '模糊\n请重拍' })).code).toBe(0)
  })

  test.each([
    [{ action: 'approve' }],
    [{ upload_id: 'UP_2222222222222222', action: 'accept' }],
    [{ upload_id: 'UP_2222222222222222', action: 'approve', points: -1 }],
    [{ upload_id: 'UP_2222222222222222', action: 'approve', points: 100_001 }],
    [{ upload_id: 'UP_2222222222222222', action: 'approve', points: 1.5 }],
    [{ upload_id: 'UP_2222222222222222', action: 'approve', amount: '1.005' }],
    [{ upload_id: 'UP_2222222222222222', action: 'approve', reason: 'x'.repeat(201) }],
    [{ upload_id: 'UP_2222222222222222', action: 'reject', reason: 'a\u0000b' }],
    [{ upload_id: 'UP_２２２２２２２２２２２２２２２２', action: 'approve' }],
    [{ upload_id: 'é', action: 'approve' }],
    [{ upload_id: '', action: 'approve' }],
  ])('the review %j is refused with 6001', async (body) => {
    expect((await decide(body)).code).toBe(6001)
  })

  test('a review of an unknown upload is 6003, of a reviewed one 6004, and of one’s own 6008', async () => {
    expect((await decide({ upload_id: 'UP_2222222222222222', action: 'approve' })).code).toBe(6003)
    const upload_id = await newUpload(service, diner)
    await decide({ upload_id, action: 'reject' })
    expect(await decide({ upload_id, action: 'approve' })).toMatchObject({
      code: 6004,
      data: { current_status: 'rejected' },
    })
    const own = await newUpload(service, merchant)
    expect((await decide({ upload_id: own, action: 'approve' })).code).toBe(6008)
  })

  test('the same key gets the first answer again, and another body is refused with 9008', async () => {
    const upload_id = await newUpload(service, diner)
    const first = await decide({ upload_id, action: 'approve' }, { idempotencyKey: 'k1' })
    const again = await decide({ upload_id, action: 'approve' }, { idempotencyKey: 'k1' })
    expect(again.data).toEqual(first.data)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await decide({ upload_id, action: 'reject' }, { idempotencyKey: 'k1' })).code).toBe(9008)
    expect(await balanceOf(service, diner)).toBe(1885)
  })

  test('the uploader gets the push of the result before the push of the points', async () => {
    const uploadId = await newUpload(service, diner)
    const claim = { maxMultiple: 2, isBatch: false, ...askedBy(merchant), ...giftTerms(service) }
    const input = { uploadId, uploaderId: diner.userId, ...claim }
    const heard = await withReplica(service, async (replica) => {
      await replica.till.run(review, { ...input, action: 'approve' })
      return replica.heard
    })
    expect(heard.map(({ type }) => type)).toEqual(['review_result', 'points_update'])
    expect(heard[0]?.data).toMatchObject({ status: 'approved', points_awarded: 885, review_reason: '审核通过' })
  })

  test('20 parallel reviews by two people on two replicas have one outcome', async () => {
    const second = await signInMerchant(service)
    const uploadId = await newUpload(service, diner)
    const codes = await withReplica(service, ({ till: otherTill }) =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const [till, reviewer] = index % 2 === 0 ? [service.services.till, merchant] : [otherTill, second]
          const action = index % 3 === 0 ? ('reject' as const) : ('approve' as const)
          const claim = { maxMultiple: 2, isBatch: false, ...askedBy(reviewer), ...giftTerms(service) }
          const verdict = { uploadId, uploaderId: diner.userId, action, ...claim }
          return codeOf(till.run(review, verdict))
        }),
      ),
    )
    expect(codes.filter((code) => code === 0)).toHaveLength(1)
    expect(codes.filter((code) => code === 6004)).toHaveLength(19)
  })
})

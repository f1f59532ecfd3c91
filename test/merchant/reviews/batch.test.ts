import { beforeEach, describe, expect, test } from 'bun:test'
import { parallelCopies } from '../../support/copies.ts'
import { balanceOf, type Person, signIn, signInMerchant } from '../../support/people.ts'
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

describe('batch-review', () => {
  const batch = (reviews: object[], idempotencyKey?: string) =>
    service.client.post('/api/merchant/batch-review', {
      token: merchant.token,
      body: { reviews },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    })

  test('each review of a batch succeeds or fails on its own', async () => {
    const [good, over, own] = [
      await newUpload(service, diner),
      await newUpload(service, diner),
      await newUpload(service, merchant),
    ]
    const { data } = await batch([
      { upload_id: good, action: 'approve' },
      { upload_id: over, action: 'approve', points: 9_999 },
      { upload_id: own, action: 'approve' },
      { upload_id: 'UP_2222222222222222', action: 'reject' },
      { upload_id: good, action: 'reject' },
    ])
    expect(data.results.map(({ ok, code }: { ok: boolean; code: number }) => [ok, code])).toEqual([
      [true, 0],
      [false, 6005],
      [false, 6008],
      [false, 6003],
      [false, 6004],
    ])
    expect(await balanceOf(service, diner)).toBe(1885)
  })

  test('a receipt that was not read is not approved by a batch, and may be rejected by one', async () => {
    const ids = [await newUpload(service, diner, unread), await newUpload(service, diner, unread)]
    const approvals = ids.map((upload_id) => ({ upload_id, action: 'approve', amount: 88.5 }))
    expect((await batch(approvals)).data.results).toMatchObject([{ code: 6014 }, { code: 6014 }])
    expect((await batch(ids.map((upload_id) => ({ upload_id, action: 'reject' })))).data.results).toMatchObject([
      { code: 0 },
      { code: 0 },
    ])
    expect(await balanceOf(service, diner)).toBe(1_000)
  })

  test('with a key the whole answer of a batch is stored, refusals included', async () => {
    const [first, second] = [await newUpload(service, diner), await newUpload(service, diner)]
    const reviews = [
      { upload_id: first, action: 'approve' },
      { upload_id: second, action: 'approve', points: 9_999 },
    ]
    const answer = await batch(reviews, 'b1')
    await service.database.query(
      'UPDATE upload_reviews SET recognized_amount_fen = 99990, input_amount_fen = NULL WHERE upload_id = ?',
      [second],
    )
    const again = await batch(reviews, 'b1')
    expect(again.data).toEqual(answer.data)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await batch(reviews.slice(1), 'b1')).code).toBe(9008)
    expect(await balanceOf(service, diner)).toBe(1885)
  })

  test('parallel batches with one key review once', async () => {
    const uploads = await Promise.all(Array.from({ length: 5 }, () => newUpload(service, diner)))
    const reviews = uploads.map((upload_id) => ({ upload_id, action: 'approve' }))
    await parallelCopies(() => batch(reviews, 'b2'), 4)
    expect(await balanceOf(service, diner)).toBe(1000 + 5 * 885)
  })

  test('a batch of 0 or 101 reviews is refused with 6001', async () => {
    expect((await batch([])).code).toBe(6001)
    const many = Array.from({ length: 101 }, () => ({ upload_id: 'UP_2222222222222222', action: 'reject' }))
    expect((await batch(many)).code).toBe(6001)
  })
})

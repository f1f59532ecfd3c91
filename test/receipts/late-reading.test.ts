import { beforeEach, describe, expect, test } from 'bun:test'
import { createCalendar } from '../../src/lib/calendar.ts'
import { type Evidence, flagsOf } from '../../src/receipts/flags.ts'
import { keptReading } from '../../src/receipts/reading/kept-reading.ts'
import { storeFindings } from '../../src/receipts/store-findings.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
let diner: Person
let merchant: Person

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
})

const reading = { amount_fen: 9_900, paidAt: '2026-01-01T12:00:00', merchantName: '一家店', receiptNumber: 'NO-1' }

describe('a reading that comes after the answer', () => {
  const store = (uploadId: string) =>
    service.services.till.run(storeFindings, {
      uploadId,
      userId: diner.userId,
      reading,
      flags: [{ flag: 'amount_differs', upload_id: null }],
    })
  const reviewed = (upload_id: string) =>
    service.client.post('/api/merchant/review', {
      token: merchant.token,
      body: { upload_id, action: 'approve' },
    })

  test('a late reading is shown to the reviewer and changes the estimate of a pending upload', async () => {
    const uploadId = await newUpload(service, diner)
    expect((await store(uploadId)).answer).toEqual({ stored: true })
    const { data } = await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })
    expect(data.reviews).toMatchObject([
      {
        recognized_amount: '99.00',
        estimated_points: 990,
        flags: [{ flag: 'amount_differs', upload_id: null }],
        receipt: { paid_at: '2026-01-01T12:00:00', merchant_name: '一家店', number: 'NO-1' },
      },
    ])
    expect((await reviewed(uploadId)).data.points_awarded).toBe(990)
  })

  test('a late reading leaves the estimate of a decided upload alone', async () => {
    const uploadId = await newUpload(service, diner)
    await reviewed(uploadId)
    await store(uploadId)
    const { data } = await service.client.get(`/api/photo/review/${uploadId}`, { token: diner.token })
    expect(data).toMatchObject({ recognized_amount: '99.00', estimated_points: 885, points_awarded: 885 })
  })

  test('a late reading of a missing upload is dropped', async () => {
    expect((await store('UP_2222222222222222')).answer).toEqual({ stored: false })
  })
})

test('a read amount that no upload may have is dropped', () => {
  expect(keptReading({ ...reading, amount_fen: 1_000_000 }).amount_fen).toBeNull()
  expect(keptReading({ ...reading, amount_fen: 999_999 }).amount_fen).toBe(999_999)
  expect(keptReading({ ...reading, receiptNumber: '9'.repeat(80) }).receiptNumber).toHaveLength(64)
})

describe('flags', () => {
  const calendar = createCalendar('Asia/Shanghai')
  const nothing: Evidence = {
    input_fen: 9_900,
    reading: { ...reading, paidAt: '2026-01-10T23:59:59' },
    today: '2026-01-24',
    similarPhoto: [],
    repeatedNumber: [],
  }
  const kindsOf = (evidence: Partial<Evidence>) =>
    flagsOf({ ...nothing, ...evidence }, calendar).map(({ flag, upload_id }) => [flag, upload_id])

  test('a receipt as entered, or one that was not read, gets no flag', () => {
    expect(kindsOf({})).toEqual([])
    expect(kindsOf({ reading: null })).toEqual([])
    expect(kindsOf({ input_fen: null })).toEqual([])
  })

  test('another amount, an old receipt and other uploads are flagged, the uploads by their ids', () => {
    expect(kindsOf({ input_fen: 9_901 })).toEqual([['amount_differs', null]])
    expect(kindsOf({ today: '2026-01-25' })).toEqual([['old_receipt', null]])
    expect(kindsOf({ similarPhoto: ['B'], repeatedNumber: ['C', 'D'] })).toEqual([
      ['similar_photo', 'B'],
      ['repeated_number', 'C'],
      ['repeated_number', 'D'],
    ])
  })
})

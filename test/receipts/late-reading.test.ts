import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createCalendar } from '../../src/lib/calendar.ts'
import { type Evidence, flagsOf } from '../../src/receipts/flags.ts'
import { keptReading } from '../../src/receipts/reading/kept-reading.ts'
import { type Findings, storeFindings } from '../../src/receipts/store-findings.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs } from '../support/sockets.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
let diner: Person
let merchant: Person

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
})

afterEach(closeSockets)

const reading = { amount_fen: 9_900, paidAt: '2026-01-01T12:00:00', merchantName: '一家店', receiptNumber: 'NO-1' }

describe('a reading that comes after the answer', () => {
  const store = (uploadId: string, fields: Partial<Findings> = {}) =>
    service.services.till.run(storeFindings, {
      uploadId,
      userId: diner.userId,
      reading,
      flags: [{ flag: 'amount_differs', upload_id: null }],
      ...fields,
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

  test('is told to every phone of the uploader and to nobody else, once it can be read', async () => {
    const uploadId = await newUpload(service, diner)
    const phones = [await connectAs(service.url, diner), await connectAs(service.url, diner)]
    const others = [await connectAs(service.url, await signIn(service)), await connectAs(service.url, merchant)]
    await store(uploadId)
    for (const phone of phones) {
      const { data, timestamp } = await phone.next('receipt_read')
      const record = await service.client.get(`/api/photo/review/${uploadId}`, { token: diner.token })
      expect(data).toEqual({ upload_id: uploadId, recognized_amount: '99.00', estimated_points: 990, timestamp })
      expect(record.data).toMatchObject({ recognized_amount: '99.00', estimated_points: 990 })
    }
    await Bun.sleep(200)
    for (const phone of phones) expect(phone.frames.map(({ type }) => type)).toEqual(['connected', 'receipt_read'])
    for (const other of others) expect(other.frames.map(({ type }) => type)).toEqual(['connected'])
  })

  test('that found no amount is told too, with the estimate as it was', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await store(uploadId, { reading: { ...reading, amount_fen: null } })
    expect((await phone.next('receipt_read')).data).toMatchObject({ recognized_amount: null, estimated_points: 885 })
  })

  test('and that comes after the review is told with the estimate by which it was decided', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await reviewed(uploadId)
    await store(uploadId)
    expect((await phone.next('receipt_read')).data).toMatchObject({
      recognized_amount: '99.00',
      estimated_points: 885,
    })
    const types = phone.frames.map(({ type }) => type)
    expect(types).toEqual(['connected', 'review_result', 'points_update', 'receipt_read'])
  })

  test('is not told when only flags are new, nor when its upload is not there', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await store(uploadId, { reading: null })
    await store('UP_2222222222222222')
    await Bun.sleep(200)
    expect(phone.frames.map(({ type }) => type)).toEqual(['connected'])
  })

  test('and a review of the same moment leave one estimate, by which both tell', async () => {
    for (let round = 0; round < 10; round += 1) {
      const uploadId = await newUpload(service, diner)
      const phone = await connectAs(service.url, diner)
      const [verdict] = await Promise.all([reviewed(uploadId), store(uploadId)])
      const told = await phone.next('receipt_read')
      expect(told.data.estimated_points).toBe(verdict.data.points_awarded)
      phone.close()
    }
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

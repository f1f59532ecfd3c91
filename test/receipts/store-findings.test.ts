import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { ReadEvidence } from '../../src/receipts/reading/kept-reading.ts'
import { type Findings, storeFindings } from '../../src/receipts/store-findings.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { withReplica } from '../support/replica.ts'
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

const reading = {
  amount_fen: 7_900,
  paidAt: '2026-01-01T12:00:00',
  merchantName: '一家店',
  receiptNumber: 'NO-1',
  text: '',
}

describe('store_findings', () => {
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

  test('a reviewer is shown what spoke for the amount, where it stands, and what an invoice’s code says', async () => {
    const uploadId = await newUpload(service, diner)
    const shown = async () =>
      (await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })).data.reviews[0].read
    expect(await shown()).toBeNull()
    const boxes = [{ x: 0.6, y: 0.7, width: 0.2, height: 0.03 }]
    const invoice = { number: '26312000000123456789', amount_fen: 1_019_100, day: '2026-11-18', includesTax: true }
    const evidence: ReadEvidence = {
      ...{ kind: 'receipt', amount_fen: 1_019_100, witnesses: ['label', 'words', 'invoice_code'], confidence: 0.97 },
      ...{ boxes, invoice },
    }
    await store(uploadId, { reading: { ...reading, amount_fen: null, evidence } })
    expect(await shown()).toEqual({
      ...{
        amount: '10191.00',
        kind: 'receipt',
        witnesses: ['label', 'words', 'invoice_code'],
        confidence: 0.97,
        boxes,
      },
      invoice: {
        ...{ number: '26312000000123456789', amount: '10191.00', date: '2026-11-18' },
        note: expect.stringContaining('不能单独作为凭证'),
      },
    })
  })

  test('a late reading is shown to the reviewer and changes the estimate of a pending upload', async () => {
    const uploadId = await newUpload(service, diner)
    expect((await store(uploadId)).answer).toEqual({ stored: true })
    const { data } = await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })
    expect(data.reviews).toMatchObject([
      {
        recognized_amount: '79.00',
        estimated_points: 790,
        flags: [{ flag: 'amount_differs', upload_id: null }],
        receipt: { paid_at: '2026-01-01T12:00:00', merchant_name: '一家店', number: 'NO-1' },
      },
    ])
    expect((await reviewed(uploadId)).data.points_awarded).toBe(790)
  })

  test('a late reading does not change the estimate of a reviewed upload', async () => {
    const uploadId = await newUpload(service, diner)
    await reviewed(uploadId)
    await store(uploadId)
    const { data } = await service.client.get(`/api/photo/review/${uploadId}`, { token: diner.token })
    expect(data).toMatchObject({ recognized_amount: '79.00', estimated_points: 885, points_awarded: 885 })
  })

  test('a late reading of an upload that does not exist is dropped', async () => {
    expect((await store('UP_2222222222222222')).answer).toEqual({ stored: false })
  })

  test('a late reading is told to every phone of the uploader and to nobody else, after it can be read', async () => {
    const uploadId = await newUpload(service, diner)
    const phones = [await connectAs(service.url, diner), await connectAs(service.url, diner)]
    const others = [await connectAs(service.url, await signIn(service)), await connectAs(service.url, merchant)]
    await store(uploadId)
    for (const phone of phones) {
      const { data, timestamp } = await phone.next('receipt_read')
      const record = await service.client.get(`/api/photo/review/${uploadId}`, { token: diner.token })
      expect(data).toEqual({ upload_id: uploadId, recognized_amount: '79.00', estimated_points: 790, timestamp })
      expect(record.data).toMatchObject({ recognized_amount: '79.00', estimated_points: 790 })
    }
    await Bun.sleep(200)
    for (const phone of phones) expect(phone.frames.map(({ type }) => type)).toEqual(['connected', 'receipt_read'])
    for (const other of others) expect(other.frames.map(({ type }) => type)).toEqual(['connected'])
  })

  test('a late reading without an amount is told too, with the estimate as it was', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await store(uploadId, { reading: { ...reading, amount_fen: null } })
    expect((await phone.next('receipt_read')).data).toMatchObject({ recognized_amount: null, estimated_points: 885 })
  })

  test('a reading that comes after the review is told with the estimate that the review used', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await reviewed(uploadId)
    await store(uploadId)
    expect((await phone.next('receipt_read')).data).toMatchObject({
      recognized_amount: '79.00',
      estimated_points: 885,
    })
    const types = phone.frames.map(({ type }) => type)
    expect(types).toEqual(['connected', 'review_result', 'points_update', 'receipt_read'])
  })

  test('a reading that two replicas found is stored and told once', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    const found = { ...reading, text: '单号:202611220012\n2026-11-22 12:00:41' }
    await withReplica(service, async ({ till, heard }) => {
      const input = { uploadId, userId: diner.userId, reading: found, flags: [] }
      await Promise.all([store(uploadId, { reading: found }), till.run(storeFindings, input), store(uploadId)])
      await store(uploadId, { reading: { ...found, amount_fen: 100 } })
      expect(phone.of('receipt_read').length + heard.filter(({ type }) => type === 'receipt_read').length).toBe(1)
    })
    const marks = await service.database.query<{ mark: string }>('SELECT mark FROM receipt_marks')
    expect(marks.length).toBeLessThanOrEqual(2)
    const { data } = await service.client.get(`/api/photo/review/${uploadId}`, { token: diner.token })
    expect(data.recognized_amount).toBe('79.00')
  })

  test('nothing is told when only the flags are late, or when the upload does not exist', async () => {
    const uploadId = await newUpload(service, diner)
    const phone = await connectAs(service.url, diner)
    await store(uploadId, { reading: null })
    await store('UP_2222222222222222')
    await Bun.sleep(200)
    expect(phone.frames.map(({ type }) => type)).toEqual(['connected'])
  })

  test('a late reading and a review at the same moment agree on the estimate', async () => {
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

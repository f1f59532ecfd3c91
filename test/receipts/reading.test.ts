import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { photoForm } from '../support/uploads.ts'

const service = useService({ OCR: 'on', OCR_WAIT_MS: '0', UPLOAD_AMOUNT: 'optional' })
const wait_ms = 90_000
const timeout_ms = 120_000

test(
  'an upload that was answered before its reading gets it later, with flags and estimate',
  async () => {
    const { token } = await signIn(service)
    const photo = new Uint8Array(await Bun.file(join(import.meta.dir, '../samples/01-thermal-tilt.jpg')).arrayBuffer())
    const { data } = await service.client.post('/api/photo/upload', { token, form: photoForm(photo, '88') })
    expect(data).toMatchObject({ recognized_amount: null, estimated_points: 880 })
    const read = async () => (await service.client.get(`/api/photo/review/${data.upload_id}`, { token })).data
    let record = await read()
    for (const deadline = Date.now() + wait_ms; record.recognized_amount === null && Date.now() < deadline; ) {
      await Bun.sleep(200)
      record = await read()
    }
    expect(record).toMatchObject({ recognized_amount: '127.80', estimated_points: 1278 })
    const merchant = await signInMerchant(service)
    const pending = await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })
    expect(pending.data.reviews[0].flags).toContainEqual({ flag: 'amount_differs', upload_id: null })
  },
  timeout_ms,
)

import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs } from '../support/sockets.ts'
import { photoForm } from '../support/uploads.ts'

const service = useService({ OCR: 'on', OCR_WAIT_MS: '0', UPLOAD_AMOUNT: 'optional' })
const wait_ms = 90_000
const timeout_ms = 120_000

afterEach(closeSockets)

test(
  'a reading that is not waited for is stored later with its flags and estimate, and the uploader’s phone is told',
  async () => {
    const person = await signIn(service)
    const { token } = person
    const phone = await connectAs(service.url, person)
    const photo = new Uint8Array(await Bun.file(join(import.meta.dir, '../samples/01-thermal-tilt.jpg')).arrayBuffer())
    const { data } = await service.client.post('/api/photo/upload', { token, form: photoForm(photo, '88') })
    expect(data).toMatchObject({ recognized_amount: null, estimated_points: 880 })
    const read = async () => (await service.client.get(`/api/photo/review/${data.upload_id}`, { token })).data
    let record = await read()
    for (const deadline = Date.now() + wait_ms; record.recognized_amount === null && Date.now() < deadline; ) {
      await Bun.sleep(200)
      record = await read()
    }
    expect(record).toMatchObject({ recognized_amount: '127.80', estimated_points: 880 })
    expect((await phone.next('receipt_read')).data).toMatchObject({
      upload_id: data.upload_id,
      recognized_amount: '127.80',
      estimated_points: 880,
    })
    expect(phone.of('receipt_read')).toHaveLength(1)
    const merchant = await signInMerchant(service)
    const pending = await service.client.get('/api/merchant/pending-reviews', { token: merchant.token })
    const [shown] = pending.data.reviews
    expect(shown.flags).toContainEqual({ flag: 'amount_differs', upload_id: null })
    expect(shown.read).toMatchObject({ amount: '127.80', kind: 'receipt', invoice: null })
    expect(shown.read.witnesses).toContain('difference')
    // The amount stands on the right, in the lower half.
    expect(shown.read.boxes[0].x).toBeGreaterThan(0.5)
    expect(shown.read.boxes[0].y).toBeGreaterThan(0.5)
  },
  timeout_ms,
)

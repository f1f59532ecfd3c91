import { beforeEach, describe, expect, test } from 'bun:test'
import { jpegOf, picture } from '../support/images.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { photoForm, reviewOf, sendPhoto, storedKeys } from '../support/uploads.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '3' })
let diner: Person
let photo: Uint8Array<ArrayBuffer>
let seed = 0

beforeEach(async () => {
  diner = await signIn(service)
  seed += 1
  photo = await jpegOf(picture(seed))
})

const send = (form: FormData, options = {}) => sendPhoto(service, diner, form, options)

describe('the same photo', () => {
  test('the same photo of the same user is refused with 5005 and its upload, even in parallel', async () => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => send(photoForm(photo, '5'))))
    const made = answers.find(({ code }) => code === 0)
    const refused = answers.filter(({ code }) => code === 5005)
    expect(refused).toHaveLength(2)
    const longer = new Uint8Array(await new Blob([photo, 'x']).arrayBuffer())
    expect((await send(photoForm(longer, '5'))).code).toBe(5005)
    for (const { data } of refused) expect(data).toEqual({ upload_id: made?.data.upload_id })
    expect(await storedKeys(service)).toHaveLength(2)
  })

  test('the same photo is taken again once it was rejected, one time, and its reviewer is shown the one before', async () => {
    const { token } = await signInMerchant(service)
    const reject = (upload_id: string) =>
      service.client.post('/api/merchant/review', { token, body: { upload_id, action: 'reject', reason: '看不清' } })
    const first = await send(photoForm(photo, '5'))
    await reject(first.data.upload_id)
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, at) => send(photoForm(photo, '6'), { idempotencyKey: `k${at}` })),
    )
    const again = answers.find(({ code }) => code === 0)
    expect(answers.map(({ code }) => code).sort()).toEqual([0, 5005, 5005, 5005])
    for (const { code, data } of answers) if (code === 5005) expect(data).toEqual({ upload_id: again?.data.upload_id })
    expect((await reviewOf(service, again?.data.upload_id)).flags).toEqual([
      { flag: 'same_photo', upload_id: first.data.upload_id },
    ])
    await reject(again?.data.upload_id)
    expect((await send(photoForm(photo, '6'))).code).toBe(0)
  })

  test('the same photo of an approved or an expired upload is 5005 for good', async () => {
    for (const status of ['approved', 'expired']) {
      await service.database.query('DELETE FROM upload_reviews')
      const { data } = await send(photoForm(photo, '5'))
      await service.database.query('UPDATE upload_reviews SET review_status = ?', [status])
      expect(await send(photoForm(photo, '5'))).toMatchObject({ code: 5005, data: { upload_id: data.upload_id } })
    }
  })

  test('the same photo of another user is flagged for the reviewer, and the sender isn’t told', async () => {
    const first = await send(photoForm(photo, '5'))
    const other = await signIn(service)
    const second = await send(photoForm(photo, '5'), { token: other.token })
    expect(JSON.stringify(second.data)).not.toContain(first.data.upload_id)
    const names = ({ data }: typeof first) => [{ flag: 'same_photo', upload_id: data.upload_id }]
    expect((await reviewOf(service, second.data.upload_id)).flags).toEqual(names(first))
    expect((await reviewOf(service, first.data.upload_id)).flags).toEqual(names(second))
  })

  test('the same photo of three users at the same moment is flagged on all three', async () => {
    const others = await Promise.all([signIn(service), signIn(service)])
    const sent = await Promise.all([diner, ...others].map(({ token }) => send(photoForm(photo, '5'), { token })))
    for (const { data } of sent) {
      const { flags } = await reviewOf(service, data.upload_id)
      expect(flags.filter(({ flag }: { flag: string }) => flag === 'same_photo')).toHaveLength(2)
    }
  })

  test('a photo that was encoded again, smaller, is flagged as similar, and another photo is not', async () => {
    const first = await send(photoForm(await jpegOf(picture(13)), '5'))
    const copy = await send(photoForm(await jpegOf(picture(13), 60, 240), '5'))
    expect((await reviewOf(service, copy.data.upload_id)).flags).toEqual([
      { flag: 'similar_photo', upload_id: first.data.upload_id },
    ])
    const different = await send(photoForm(await jpegOf(picture(513)), '5'))
    expect((await reviewOf(service, different.data.upload_id)).flags).toEqual([])
  })
})

describe('the daily limit', () => {
  test('eight parallel uploads never pass the daily limit', async () => {
    const photos = await Promise.all(
      Array.from({ length: 8 }, (_, index) => jpegOf(picture(1_000 + seed * 10 + index))),
    )
    const answers = await Promise.all(photos.map((one) => send(photoForm(one, '5'))))
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(3)
    const refused = answers.filter(({ code }) => code === 5006)
    expect(refused).toHaveLength(5)
    expect(refused[0]?.data).toEqual({ limit: 3 })
    expect(await storedKeys(service)).toHaveLength(6)
  })

  test('the daily limit is that of the business day', async () => {
    for (const index of [1, 2, 3]) await send(photoForm(await jpegOf(picture(2_000 + index)), '5'))
    expect((await send(photoForm(photo, '5'))).code).toBe(5006)
    service.clock.advance(86_400_000)
    const { token } = await signIn(service, diner.phone)
    expect((await send(photoForm(photo, '5'), { token })).code).toBe(0)
  })
})

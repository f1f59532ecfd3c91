import { beforeEach, describe, expect, test } from 'bun:test'
import { objectKeys } from '../../src/receipts/photo/image-names.ts'
import { openPhoto } from '../../src/receipts/photo/photo.ts'
import { parallelCopies } from '../support/copies.ts'
import { jpegOf, padded, picture, pngOf } from '../support/images.ts'
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

describe('upload', () => {
  test('a photo goes to review, and its link works for an image tag', async () => {
    const { code, data } = await send(photoForm(photo, '88.5'))
    expect(code).toBe(0)
    expect(data).toMatchObject({
      input_amount: '88.50',
      recognized_amount: null,
      estimated_points: 885,
      review_status: 'pending',
    })
    expect(data.upload_id).toMatch(/^UP_[0-9A-Z]{16}$/)
    const image = await fetch(data.image_url)
    expect(image.status).toBe(200)
    expect(image.headers.get('Content-Type')).toBe('image/jpeg')
    expect(image.headers.get('Cache-Control')).toStartWith('private')
    expect(image.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await storedKeys(service)).toHaveLength(2)
    const review = await reviewOf(service, data.upload_id)
    expect((await fetch(review.preview_url)).status).toBe(200)
  })

  test('fields that nobody asked for are dropped, however many come before the amount', async () => {
    const form = photoForm(photo)
    for (let i = 0; i < 40; i += 1) form.append(`extra${i % 30}`, `${i}`)
    form.append('amount', '88.5')
    expect(await send(form)).toMatchObject({ code: 0, data: { input_amount: '88.50' } })
  })

  test('a photo is stored whole before its memory is given back', async () => {
    const opened = await openPhoto(photo)
    const sent = [new Uint8Array(opened.image), new Uint8Array(opened.preview)]
    const { receive } = service.services.receipts
    const { answer } = await receive({ userId: diner.userId, input_fen: 500, idempotency: undefined }, opened)
    await receive.settled()
    expect([opened.image.length, opened.preview.length]).toEqual([0, 0])
    const { image, preview } = objectKeys(answer.image_key)
    expect(await Promise.all([image, preview].map((key) => service.services.store.get(key)))).toEqual(sent)
  })

  test('links expire, and can’t be altered or forged', async () => {
    const { data } = await send(photoForm(photo, '1'))
    const link = new URL(data.image_url)
    const altered = (change: (url: URL) => void) => {
      const url = new URL(link)
      change(url)
      return fetch(url)
    }
    const expires = Number(link.searchParams.get('expires'))
    expect((await altered((url) => url.searchParams.set('expires', String(expires + 1)))).status).toBe(404)
    expect((await altered((url) => url.searchParams.delete('signature'))).status).toBe(404)
    expect((await altered((url) => url.searchParams.set('signature', 'AAAA'))).status).toBe(404)
    const preview = (url: URL) => {
      url.pathname = url.pathname.replace('.jpg', '-preview.jpg')
    }
    expect((await altered(preview)).status).toBe(404)
    service.clock.advance(3 * 3_600_000)
    expect((await fetch(link)).status).toBe(404)
  })

  test.each(['..%2f..%2fetc%2fpasswd', '%2e%2e%2fx.jpg', '..%2f', 'x.png', 'a%00.jpg', '%5c..%5cx.jpg'])(
    'the path %s leads nowhere',
    async (name) => {
      for (const room of ['images', 'avatars']) {
        const answer = await fetch(`${service.url}/${room}/${name}?expires=9999999999&signature=x`)
        expect(answer.status).toBe(404)
      }
    },
  )

  test('only the pixels are kept of what was sent', async () => {
    const secret = Buffer.from('GPS 31.2304N 121.4737E <script>')
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, secret.length + 2]), secret])
    const tagged = new Uint8Array(Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2), secret]))
    const { data } = await send(photoForm(tagged, '1'))
    const kept = Buffer.from(await (await fetch(data.image_url)).arrayBuffer())
    expect(kept.includes(secret)).toBe(false)
  })

  test.each(['png', 'webp'] as const)('%s is taken, whatever its name and type say', async (kind) => {
    const image = picture(seed)
    const bytes = kind === 'png' ? image : new Uint8Array(await new Bun.Image(image).webp().bytes())
    expect((await send(photoForm(bytes, '1', 'x.exe'))).code).toBe(0)
  })

  test.each(['', '0', '0.00', '-1', '10000', '1.005', '1e2', '８', 'abc', ' ', '1,5', '0x10'])(
    'the amount %j is refused with 5002',
    async (amount) => {
      expect((await send(photoForm(photo, amount))).code).toBe(5002)
    },
  )

  test('no amount is refused with 5002, and no image with 5001', async () => {
    expect((await send(photoForm(photo))).code).toBe(5002)
    const form = new FormData()
    form.append('amount', '1')
    expect((await send(form)).code).toBe(5001)
    form.append('image', 'just text')
    expect((await send(form)).code).toBe(5001)
    expect((await service.client.post('/api/photo/upload', { token: diner.token })).code).toBe(5001)
  })

  test.each([
    ['zero bytes', async () => new Uint8Array(0), 5003],
    ['SVG', async () => bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 5003],
    ['HTML named .jpg', async () => bytesOf('<!doctype html><script>alert(1)</script>'), 5003],
    ['a GIF', async () => bytesOf('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;'), 5003],
    ['a JPEG’s beginning before HTML', async () => bytesOf('\u00ff\u00d8\u00ff<html>'), 5003],
    ['a truncated JPEG', async () => photo.slice(0, photo.length / 2), 5003],
    ['a truncated PNG', async () => picture(1).slice(0, -40), 5003],
    ['broken pixels', async () => pngOf(100, 100, new Uint8Array(50)), 5003],
    ['41 megapixels', async () => pngOf(8_200, 5_000, new Uint8Array(100)), 5004],
    ['a bomb of 16000 × 16000', async () => pngOf(16_000, 16_000, new Uint8Array(31_000)), 5004],
    ['10 MiB and a byte', async () => padded(photo, 10 * 1024 * 1024 + 1), 5004],
    ['20 MiB', async () => padded(photo, 20 * 1024 * 1024), 5004],
  ] as const)('%s gets its refusal and leaves nothing behind', async (_, make, code) => {
    expect((await send(photoForm(await make(), '1'))).code).toBe(code)
    expect(await storedKeys(service)).toEqual([])
    expect(await service.database.query('SELECT 1 FROM upload_reviews')).toEqual([])
  })

  test('an image of exactly 10 MiB is taken', async () => {
    expect((await send(photoForm(padded(photo, 10 * 1024 * 1024), '1'))).code).toBe(0)
  })

  test('another content type is 9005 and a malformed form 9001, each with its own HTTP status', async () => {
    const post = (raw: string, type: string) =>
      service.client.post('/api/photo/upload', { token: diner.token, raw, headers: { 'Content-Type': type } })
    expect(await post('{}', 'application/json')).toMatchObject({ status: 415, code: 9005 })
    expect(await post('amount=1', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415, code: 9005 })
    const multipart = 'multipart/form-data; boundary=xyz'
    expect(await post('no parts at all', multipart)).toMatchObject({ status: 400, code: 9001 })
    const cut = '--xyz\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\nhalf'
    expect(await post(cut, multipart)).toMatchObject({ status: 400, code: 9001 })
    expect(await post('--xyz', 'multipart/form-data')).toMatchObject({ status: 400, code: 9001 })
  })

  test('an upload without a token is refused with 2001', async () => {
    expect((await service.client.post('/api/photo/upload', { form: photoForm(photo, '1') })).code).toBe(2001)
  })

  test('eight parallel copies of one key, and one later, make one upload with one photo, counted once', async () => {
    const told = await parallelCopies(() => send(photoForm(photo, '5'), { idempotencyKey: 'u1' }), 8)
    const again = await send(photoForm(photo, '5.00'), { idempotencyKey: 'u1' })
    expect(again.data).toEqual(told)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await send(photoForm(photo, '6'), { idempotencyKey: 'u1' })).code).toBe(9008)
    expect(await storedKeys(service)).toHaveLength(2)
    for (const [more, code] of [0, 0, 5006].entries()) {
      expect((await send(photoForm(await jpegOf(picture(4_000 + more)), '5'))).code).toBe(code)
    }
  })
})

describe('the diner’s own', () => {
  test('history, record and statistics follow the review', async () => {
    const first = await send(photoForm(photo, '5'))
    const second = await send(photoForm(await jpegOf(picture(3_000 + seed)), '7'))
    const { token } = await signInMerchant(service)
    const verdict = { upload_id: first.data.upload_id, action: 'approve', amount: '5', reason: '谢谢光临' }
    await service.client.post('/api/merchant/review', { token, body: verdict })
    const history = await service.client.get('/api/photo/history', { token: diner.token })
    expect(history.data.summary).toEqual({ total: 2, pending: 1, approved: 1, rejected: 0, expired: 0 })
    expect(history.data.records.map(({ upload_id }: { upload_id: string }) => upload_id)).toEqual([
      second.data.upload_id,
      first.data.upload_id,
    ])
    const approved = await service.client.get('/api/photo/history?status=approved', { token: diner.token })
    expect(approved.data.pagination.total).toBe(1)
    const one = await service.client.get(`/api/photo/review/${first.data.upload_id}`, { token: diner.token })
    expect(one.data).toMatchObject({ review_status: 'approved', points_awarded: 50, review_reason: '谢谢光临' })
    expect((await service.client.get('/api/photo/statistics', { token: diner.token })).data).toMatchObject({
      total: 2,
      approved: 1,
      total_points_awarded: 50,
    })
  })

  test('another person’s upload looks as if it did not exist', async () => {
    const { data } = await send(photoForm(photo, '5'))
    const other = await signIn(service)
    const absent = await service.client.get('/api/photo/review/UP_2222222222222222', { token: other.token })
    const foreign = await service.client.get(`/api/photo/review/${data.upload_id}`, { token: other.token })
    expect([foreign.code, foreign.msg, foreign.data]).toEqual([5007, absent.msg, absent.data])
    expect((await service.client.get('/api/photo/review/x', { token: other.token })).code).toBe(5007)
    expect((await service.client.get('/api/photo/history', { token: other.token })).data.records).toEqual([])
  })
})

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

import { afterAll, expect, test } from 'bun:test'
import { jpegOf, picture } from '../support/images.ts'
import { signIn } from '../support/people.ts'
import { startS3 } from '../support/s3.ts'
import { useService } from '../support/service.ts'
import { photoForm, storedKeys } from '../support/uploads.ts'

const s3 = await startS3()
const { endpoint, bucket, accessKey, secretKey } = s3.settings
const service = useService({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: bucket,
  S3_ACCESS_KEY: accessKey,
  S3_SECRET_KEY: secretKey,
  UPLOAD_AMOUNT: 'optional',
})
let isStopped = false
const takeBucketAway = async () => {
  if (!isStopped) await s3.stop()
  isStopped = true
}
afterAll(takeBucketAway)

const send = (token: string, form: FormData) => service.client.post('/api/photo/upload', { token, form })

test('photos are kept in the bucket, and seen through the service’s own links', async () => {
  const { token } = await signIn(service)
  const { data } = await send(token, photoForm(await jpegOf(picture(1)), '12'))
  expect(data.image_url).toStartWith(`${service.url}/images/`)
  const image = await fetch(data.image_url)
  expect(image.status).toBe(200)
  expect((await new Bun.Image(await image.arrayBuffer()).metadata()).width).toBe(320)
  expect(await storedKeys(service)).toHaveLength(2)
  expect((await send(token, photoForm(await jpegOf(picture(1)), '12'))).code).toBe(5005)
  expect(await storedKeys(service)).toHaveLength(2)
  const health = (await (await fetch(`${service.url}/health`)).json()) as { checks: { storage: string } }
  expect(health.checks.storage).toBe('ok')
})

test('where the amount is optional, an upload may come without one, but not with a wrong one', async () => {
  const { token } = await signIn(service)
  const { data } = await send(token, photoForm(await jpegOf(picture(2))))
  expect(data).toMatchObject({ input_amount: null, estimated_points: 0 })
  expect((await send(token, photoForm(await jpegOf(picture(3)), 'abc'))).code).toBe(5002)
})

test('while the bucket is away a nickname is saved, and the present avatar beside it, but no other one', async () => {
  const { token } = await signIn(service)
  const sent = async (seed: number) => {
    const form = new FormData()
    form.append('avatar', new Blob([await jpegOf(picture(seed))]), 'a.jpg')
    return (await service.client.post('/api/user/avatar', { token, form })).data.avatar as string
  }
  const [earlier, present] = [await sent(6), await sent(7)]
  const save = async (body: object) => (await service.client.put('/api/user/info', { token, body })).code
  await takeBucketAway()
  expect(await save({ nickname: '小明' })).toBe(0)
  expect(await save({ nickname: '小红', avatar: present })).toBe(0)
  expect(await save({ nickname: '小王', avatar: earlier })).toBe(2000)
  const { data } = await service.client.get('/api/user/info', { token })
  expect(data.user_info).toMatchObject({ nickname: '小红', avatar: present })
})

test('while the bucket is away an upload fails whole: 5000, and no row', async () => {
  const { token } = await signIn(service)
  await takeBucketAway()
  expect((await send(token, photoForm(await jpegOf(picture(4)), '12'))).code).toBe(5000)
  const form = new FormData()
  form.append('avatar', new Blob([await jpegOf(picture(5))]), 'a.jpg')
  expect((await service.client.post('/api/user/avatar', { token, form })).code).toBe(2000)
  const codeOf = async (path: string) => (await fetch(`${service.url}${path}`)).headers.get('X-Api-Code')
  expect(await codeOf('/avatars/none.jpg')).toBe('2000')
  expect(await service.database.query('SELECT upload_id FROM upload_reviews')).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createClient } from '../support/client.ts'
import { jpegOf, picture } from '../support/images.ts'
import { signIn, signInMerchant } from '../support/people.ts'
import { type Program, startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'
import { photoForm, storedKeys } from '../support/uploads.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '3' })
let program: Program

beforeAll(async () => {
  program = await startProgram({
    DATABASE_URL: service.databaseUrl,
    DATA_DIR: service.dataDir,
    DAILY_UPLOAD_LIMIT: '3',
    OCR: 'off',
  })
})
afterAll(async () => {
  await program.kill()
})

test('two processes together keep the daily limit, and take one photo once', async () => {
  const { token } = await signIn(service)
  const clients = [service.client, await createClient(program.url)]
  const photos = await Promise.all([1, 2, 3, 4, 5].map((seed) => jpegOf(picture(seed))))
  const answers = await Promise.all(
    photos.flatMap((photo) =>
      clients.map((client) => client.post('/api/photo/upload', { token, form: photoForm(photo, '5') })),
    ),
  )
  const made = answers.filter(({ code }) => code === 0)
  expect(made).toHaveLength(3)
  expect(answers.every(({ code }) => code === 0 || code === 5005 || code === 5006)).toBe(true)
  expect(await storedKeys(service)).toHaveLength(6)
  for (const { data } of made) {
    const elsewhere = data.image_url.replace(service.url, program.url)
    expect((await fetch(elsewhere)).status).toBe(200)
  }
})

test('two merchants at two replicas review an upload only once', async () => {
  const diner = await signIn(service)
  const [first, second] = [await signInMerchant(service), await signInMerchant(service)]
  const other = await createClient(program.url)
  const form = photoForm(await jpegOf(picture(9)), '5')
  const { data } = await service.client.post('/api/photo/upload', { token: diner.token, form })
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const [client, { token }] = index % 2 === 0 ? [service.client, first] : [other, second]
      const body = { upload_id: data.upload_id, action: index % 3 === 0 ? 'reject' : 'approve', amount: '5' }
      return client.post('/api/merchant/review', { token, body })
    }),
  )
  expect(verdicts.filter(({ code }) => code === 0)).toHaveLength(1)
  expect(verdicts.filter(({ code }) => code === 6004)).toHaveLength(11)
})

test('of two near copies sent to two processes at the same time at least one is flagged', async () => {
  const other = await createClient(program.url)
  const merchant = await signInMerchant(service)
  for (let seed = 20; seed < 26; seed += 1) {
    const [one, two] = [await signIn(service), await signIn(service)]
    const photo = await jpegOf(picture(seed))
    const copy = new Uint8Array(await new Bun.Image(photo).jpeg({ quality: 60 }).bytes())
    await Promise.all([
      service.client.post('/api/photo/upload', { token: one.token, form: photoForm(photo, '5') }),
      other.post('/api/photo/upload', { token: two.token, form: photoForm(copy, '5') }),
    ])
    await until(async () => {
      const { data } = await service.client.get('/api/merchant/pending-reviews?limit=100', { token: merchant.token })
      const pair = data.reviews.slice(-2) as { flags: { flag: string }[] }[]
      return pair.some(({ flags }) => flags.some(({ flag }) => flag === 'similar_photo'))
    })
  }
})

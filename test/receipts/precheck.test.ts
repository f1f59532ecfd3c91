import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '../support/client.ts'
import { figuresOf, sumOf } from '../support/figures.ts'
import { jpegOf, picture } from '../support/images.ts'
import { type Person, signIn } from '../support/people.ts'
import { type Program, startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'
import { photoForm, storedKeys } from '../support/uploads.ts'

interface Replica {
  url: string
  client: Client
}

const settings = { DAILY_UPLOAD_LIMIT: '3', OCR: 'on', OCR_WAIT_MS: '0' } as const
const service = useService(settings)
const timeout_ms = 120_000
/** The page of figures is up to so old. */
const pageAge_ms = 1_000
let program: Program
/** This process and another one over the same database and store, each with a reader of its own. */
let replicas: Replica[]
let seed = 0

beforeAll(async () => {
  program = await startProgram({
    ...settings,
    DATABASE_URL: service.databaseUrl,
    DATA_DIR: service.dataDir,
    JOBS: 'off',
    DIALECTS: 'off',
  })
  replicas = [service, { url: program.url, client: await createClient(program.url) }]
}, timeout_ms)
afterAll(async () => {
  await program.kill()
})

const photoOf = async () => {
  seed += 1
  return jpegOf(picture(seed))
}
const send = (
  client: Client,
  { token }: Person,
  photo: Uint8Array<ArrayBuffer>,
  options: { amount?: string; idempotencyKey?: string } = {},
) => {
  const { amount = '5', ...rest } = options
  return client.post('/api/photo/upload', { token, form: photoForm(photo, amount), ...rest })
}

/** What a call costs at a replica: how many photos its reader takes, and whether the store's folder changes. */
async function costsOf({ url, client }: Replica, call: () => Promise<unknown>) {
  const reads = async () => {
    await Bun.sleep(pageAge_ms)
    return sumOf(await figuresOf(url), 'ocr_reads_total')
  }
  const changedAt = () => statSync(join(service.dataDir, 'images/receipts'), { bigint: true }).mtimeNs
  const [readsBefore, changedBefore] = [await reads(), changedAt()]
  await call()
  const writes = changedAt() !== changedBefore
  // The reader takes photos in order: once a later one is read, it has counted the call's own.
  await haveRead(client)
  return { reads: (await reads()) - readsBefore - 1, writes }
}

/** Has a receipt read at this replica. */
async function haveRead(client: Client): Promise<void> {
  const person = await signIn(service)
  const receipt = new Uint8Array(await Bun.file(join(import.meta.dir, '../samples/08-faded.jpg')).arrayBuffer())
  const { data } = await send(client, person, receipt)
  await until(async () => {
    const record = await client.get(`/api/photo/review/${data.upload_id}`, { token: person.token })
    return record.data.recognized_amount === '36.50'
  }, 60_000)
}

describe.each([0, 1])('what replica 0 has taken, asked again at replica %d', (index) => {
  const nothing = { reads: 0, writes: false }
  const ends = () => ({ first: replicas[0] as Replica, replica: replicas[index] as Replica })

  test(
    'a replay gets the first answer, and 9008 for another amount, without the reader and the store',
    async () => {
      const { first, replica } = ends()
      const [person, photo] = [await signIn(service), await photoOf()]
      const made = await send(first.client, person, photo, { idempotencyKey: 'once' })
      await haveRead(first.client)
      const costs = await costsOf(replica, async () => {
        const again = await send(replica.client, person, photo, { idempotencyKey: 'once' })
        expect(again.data).toMatchObject({ upload_id: made.data.upload_id, input_amount: '5.00' })
        expect(again.headers.get('Idempotency-Replayed')).toBe('true')
        expect((await send(replica.client, person, photo, { idempotencyKey: 'once', amount: '6' })).code).toBe(9008)
      })
      expect(costs).toEqual(nothing)
    },
    timeout_ms,
  )

  test(
    'the same photo is refused with 5005 without the reader and the store',
    async () => {
      const { first, replica } = ends()
      const [person, photo] = [await signIn(service), await photoOf()]
      const { data } = await send(first.client, person, photo)
      await haveRead(first.client)
      const costs = await costsOf(replica, async () => {
        const again = await send(replica.client, person, photo, { idempotencyKey: 'another' })
        expect(again).toMatchObject({ code: 5005, data: { upload_id: data.upload_id } })
      })
      expect(costs).toEqual(nothing)
    },
    timeout_ms,
  )

  test(
    'an upload over the day’s limit is refused with 5006 without the reader and the store',
    async () => {
      const { first, replica } = ends()
      const person = await signIn(service)
      for (let sent = 0; sent < 3; sent += 1)
        await send(first.client, person, await photoOf(), { idempotencyKey: `${sent}` })
      await haveRead(first.client)
      const costs = await costsOf(replica, async () => {
        expect(await send(replica.client, person, await photoOf())).toMatchObject({ code: 5006, data: { limit: 3 } })
      })
      expect(costs).toEqual(nothing)
    },
    timeout_ms,
  )
})

describe('uploads that pass the precheck together, over two replicas', () => {
  /** Holds the sender's row until every upload is stored and waits for its turn in the till. */
  async function together(person: Person, photos: Uint8Array<ArrayBuffer>[], idempotencyKey?: string) {
    const connection = await service.database.acquire()
    await connection.query('START TRANSACTION')
    await connection.query('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [person.userId])
    const running = photos.map((photo, index) => {
      const { client } = replicas[index % 2] as Replica
      return send(client, person, photo, idempotencyKey ? { idempotencyKey } : {})
    })
    await until(async () => (await storedKeys(service)).length === 2 * photos.length, 10_000)
    await connection.query('COMMIT')
    connection.release()
    return Promise.all(running)
  }

  test(
    'uploads that pass the precheck together never exceed the day’s limit, and leave nothing of the refused in the store',
    async () => {
      const person = await signIn(service)
      const photos = await Promise.all([1, 2, 3, 4, 5].map(photoOf))
      const codes = (await together(person, photos)).map(({ code }) => code)
      expect(codes.toSorted()).toEqual([0, 0, 0, 5006, 5006])
      expect(await storedKeys(service)).toHaveLength(6)
    },
    timeout_ms,
  )

  test(
    'one photo that passes the precheck several times becomes one upload, and leaves nothing of the refused in the store',
    async () => {
      const [person, photo] = [await signIn(service), await photoOf()]
      const answers = await together(person, [photo, photo, photo, photo])
      const made = answers.find(({ code }) => code === 0)
      const refused = answers.filter(({ code }) => code === 5005)
      expect(answers.map(({ code }) => code).toSorted()).toEqual([0, 5005, 5005, 5005])
      expect(refused.map(({ data }) => data)).toEqual(Array(3).fill({ upload_id: made?.data.upload_id }))
      expect(await storedKeys(service)).toHaveLength(2)
    },
    timeout_ms,
  )

  test(
    'one key that passes the precheck several times becomes one upload, and every request gets its answer',
    async () => {
      const [person, photo] = [await signIn(service), await photoOf()]
      const answers = await together(person, [photo, photo, photo, photo], 'together')
      expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0])
      expect(new Set(answers.map(({ data }) => data.upload_id)).size).toBe(1)
      expect(answers.filter(({ headers }) => headers.get('Idempotency-Replayed') === 'true')).toHaveLength(3)
      expect(await storedKeys(service)).toHaveLength(2)
    },
    timeout_ms,
  )
})

test('a replay gets the first answer and not 5005 when that answer is committed during its precheck', async () => {
  const [person, photo] = [await signIn(service), await photoOf()]
  const ask = () => send(service.client, person, photo, { idempotencyKey: 'between' })
  const made = await ask()
  const { database } = service
  const turn = (rename: string) => database.query(`UPDATE idempotency_keys SET idem_key = ?`, [rename])
  // As if the first upload were not committed yet. The lock lets the second one wait in the middle of its look.
  await turn('not yet')
  await database.query('UPDATE upload_reviews SET image_sha256 = REVERSE(image_sha256)')
  const holder = await database.acquire()
  await holder.query('LOCK TABLES upload_reviews WRITE')
  const running = ask()
  await until(async () => {
    const waiting = await database.query(
      `SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table%' AND info LIKE '%image_sha256%'`,
    )
    return waiting.length > 0
  })
  await turn('between')
  await holder.query('UPDATE upload_reviews SET image_sha256 = REVERSE(image_sha256)')
  await holder.query('UNLOCK TABLES')
  holder.release()
  const again = await running
  expect(again).toMatchObject({ code: 0, data: { upload_id: made.data.upload_id } })
  expect(again.headers.get('Idempotency-Replayed')).toBe('true')
})

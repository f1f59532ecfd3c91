import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, randomCode } from '../../src/lib/random.ts'
import { type BackgroundReading, createBackgroundReading } from '../../src/receipts/background-reading.ts'
import { createNearCopies } from '../../src/receipts/near-copies.ts'
import { objectKeys } from '../../src/receipts/photo/image-names.ts'
import { openPhoto } from '../../src/receipts/photo/photo.ts'
import { createReader, type Reader } from '../../src/receipts/reading/reader.ts'
import { claimNext, countQueue, giveBack, leaveForLater } from '../../src/receipts/reading-queue.ts'
import { type NewUpload, upload } from '../../src/receipts/upload.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, until } from '../support/sockets.ts'

const service = useService({ UPLOAD_AMOUNT: 'optional' })
const sampleName = join(import.meta.dir, '../samples/08-faded.jpg')
let busy: Person
let other: Person

beforeEach(async () => {
  busy = await signIn(service)
  other = await signIn(service)
})
afterEach(closeSockets)

/** Files an upload that waits for the reader. Returns its id. */
async function queued({ userId }: Person, fields: Partial<NewUpload> = {}): Promise<string> {
  const input: NewUpload = {
    ...{ uploadId: newId('UP'), userId, imageKey: randomCode(26), sha256: randomCode(64) },
    ...{ perceptualHash: '0'.repeat(64), input_fen: null, reading: null, flags: [] },
    ...{ queued: 'free', since: new Date(0), dailyLimit: 100, ...fields },
  }
  return (await service.services.till.run(upload, input)).answer.upload_id
}

const rows = () =>
  service.database.query<{ upload_id: string; tries: number; wait_s: number }>(
    `SELECT upload_id, tries, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), free_at) AS wait_s FROM reading_queue`,
  )
/** As if the time had passed until every upload is free again. */
const freeAll = () => service.database.query('UPDATE reading_queue SET free_at = UTC_TIMESTAMP(3)')

describe('the queue', () => {
  test('users take turns: who comes with one photo waits for none of the many that another sent before', async () => {
    const many = []
    for (let photo = 0; photo < 20; photo += 1) many.push(await queued(busy))
    expect((await claimNext(service.database))?.upload_id).toBe(many[0])
    const few = [await queued(other), await queued(other)]
    const order = []
    for (let turn = 0; turn < 6; turn += 1) order.push((await claimNext(service.database))?.upload_id)
    expect(order).toEqual([many[1], few[0], many[2], few[1], many[3], many[4]])
  })

  test('uploads that are filed in one batch have turns of their own', async () => {
    await Promise.all(Array.from({ length: 8 }, () => queued(busy)))
    const turns = await service.database.query<{ turn: number }>('SELECT turn FROM reading_queue ORDER BY turn')
    expect(turns.map(({ turn }) => turn)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('of many that ask at once each begins with another upload, and nobody with one that is held', async () => {
    for (let photo = 0; photo < 5; photo += 1) await queued(busy)
    await queued(other, { queued: 'held' })
    const claims = await Promise.all(Array.from({ length: 12 }, () => claimNext(service.database)))
    const begun = claims.flatMap((claim) => (claim ? [claim.upload_id] : []))
    expect([begun.length, new Set(begun).size]).toEqual([5, 5])
  })

  test('an upload whose reader is gone is begun with again once its time is up', async () => {
    const uploadId = await queued(busy)
    expect(await claimNext(service.database)).toMatchObject({ upload_id: uploadId, tries: 1 })
    expect(await claimNext(service.database)).toBeUndefined()
    await freeAll()
    expect(await claimNext(service.database)).toMatchObject({ upload_id: uploadId, tries: 2 })
  })

  test('an upload that was left for later comes after new ones, and waits longer each time', async () => {
    const uploadId = await queued(busy)
    await leaveForLater(service.database, { upload_id: uploadId, tries: 1 })
    const pause = async (tries: number) => {
      await leaveForLater(service.database, { upload_id: uploadId, tries })
      return Number((await rows())[0]?.wait_s)
    }
    const pauses = [await pause(1), await pause(2), await pause(9)]
    expect(pauses.map((wait_s) => Math.round(wait_s / 60))).toEqual([1, 4, 720])
    const fresh = await queued(busy)
    await freeAll()
    const order = [await claimNext(service.database), await claimNext(service.database)]
    expect(order.map((claim) => claim?.upload_id)).toEqual([fresh, uploadId])
  })

  test('what is given back keeps its place', async () => {
    const [first, second] = [await queued(busy), await queued(busy)]
    const claim = await claimNext(service.database)
    await giveBack(service.database, { upload_id: first, tries: claim?.tries ?? 0 })
    expect((await claimNext(service.database))?.upload_id).toBe(first)
    expect((await claimNext(service.database))?.upload_id).toBe(second)
  })
})

describe('reading in the background', () => {
  let scratchDir: string
  let reader: Reader
  let background: BackgroundReading

  const open = (workerUrl?: URL) => {
    scratchDir = mkdtempSync(join(tmpdir(), 'reader-queue-'))
    reader = createReader({
      ...{ timeout_ms: 60_000, maxWaiting: 4, idle_ms: 60_000, scratchDir },
      ...(workerUrl ? { workerUrl } : {}),
    })
    const { database, services, clock } = service
    background = createBackgroundReading({
      ...{ database, till: services.till, store: services.store, reader, calendar: services.calendar },
      ...{ nearCopies: createNearCopies(database), now: clock.now, logger: services.logger },
      rules: { isRead: true, merchantNames: ['川味小馆'] },
    })
    background.start()
  }
  const close = async () => {
    await Promise.all([background.stop(), reader.close()])
    rmSync(scratchDir, { recursive: true, force: true })
  }
  afterEach(close)

  /** An upload with a real photo in the store. */
  const waitingPhoto = async (person: Person, fields: Partial<NewUpload> = {}) => {
    const photo = await openPhoto(await Bun.file(sampleName).bytes())
    const imageKey = randomCode(26)
    const keys = objectKeys(imageKey)
    await service.services.store.put(keys.image, photo.image)
    await service.services.store.put(keys.preview, photo.preview)
    return queued(person, { imageKey, perceptualHash: photo.fingerprint.hash, ...fields })
  }
  const isEmpty = async () => (await countQueue(service.database)) === 0
  const reviewOf = async (uploadId: string) => {
    const { token } = await signInMerchant(service)
    const { data } = await service.client.get('/api/merchant/pending-reviews', { token })
    return data.reviews.find(({ upload_id }: { upload_id: string }) => upload_id === uploadId)
  }

  test('an upload that waits is read, its sender is told once, and flags found then reach the reviewer', async () => {
    const original = await waitingPhoto(other)
    const copy = await waitingPhoto(busy)
    const phone = await connectAs(service.url, busy)
    open()
    await until(isEmpty, 60_000)
    expect((await phone.next('receipt_read')).data).toMatchObject({ upload_id: copy, recognized_amount: '36.50' })
    expect(phone.of('receipt_read')).toHaveLength(1)
    expect((await reviewOf(copy)).flags).toEqual([
      { flag: 'same_receipt', upload_id: original },
      { flag: 'other_merchant', upload_id: null },
      { flag: 'old_receipt', upload_id: null },
    ])
  }, 90_000)

  test('what could not be read is left for later with its flag, and read when the reader is well again', async () => {
    const uploadId = await waitingPhoto(busy)
    open(new URL('../support/missing.ts', import.meta.url))
    await until(async () => (await rows())[0]?.tries === 1 && Number((await rows())[0]?.wait_s) < 100)
    expect(await countQueue(service.database)).toBe(1)
    await close()
    open()
    await freeAll()
    background.wake()
    await until(isEmpty, 60_000)
    expect((await reviewOf(uploadId)).recognized_amount).toBe('36.50')
  }, 90_000)

  test('a photo that can’t be read is given up after ten tries, and its flag says so', async () => {
    const uploadId = await waitingPhoto(busy)
    await service.database.query('UPDATE reading_queue SET tries = 9')
    open(new URL('../support/missing.ts', import.meta.url))
    await until(isEmpty)
    expect((await reviewOf(uploadId)).flags).toEqual([{ flag: 'unread', upload_id: null }])
  })

  test('what was read and stored before a crash is not read or told again, only its flags are found', async () => {
    const text = { amount_fen: 100, paidAt: null, merchantName: null, receiptNumber: null, text: '合计 1.00' }
    const uploadId = await waitingPhoto(busy, { reading: text, input_fen: 200, queued: 'held' })
    const phone = await connectAs(service.url, busy)
    open()
    await freeAll()
    background.wake()
    await until(isEmpty)
    const { recognized_amount, flags } = await reviewOf(uploadId)
    expect([recognized_amount, flags]).toEqual(['1.00', [{ flag: 'amount_differs', upload_id: null }]])
    expect(phone.of('receipt_read')).toEqual([])
  })

  test('an upload whose photo is gone leaves the queue', async () => {
    await queued(busy)
    open()
    await until(isEmpty)
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertedError } from '../../src/alerts/alert.ts'
import { mostAtOnce } from '../../src/lib/most-at-once.ts'
import { randomCode } from '../../src/lib/random.ts'
import { bringBack, listQuarantine } from '../../src/receipts/quarantine.ts'
import { sweepImages } from '../../src/receipts/sweep.ts'
import { createDiskStore } from '../../src/storage/disk-store.ts'
import { readMarks } from '../../src/storage/installation.ts'
import { createS3Store } from '../../src/storage/s3-store.ts'
import type { Store } from '../../src/storage/store.ts'
import { startFaultyProxy } from '../support/http-proxy.ts'
import { type Person, signIn } from '../support/people.ts'
import { type S3Server, startS3 } from '../support/s3.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const hour_ms = 3_600_000
const week_ms = 7 * 24 * hour_ms
const jpeg = new Uint8Array([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9])
const nothing = { putAway: 0, broughtBack: 0, removed: 0 }

let s3: S3Server
let folder: string
let store: Store
let diner: Person

beforeAll(async () => {
  s3 = await startS3()
})
afterAll(() => s3.stop())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restaurant-points-sweep-'))
  store = createDiskStore(folder)
  diner = await signIn(service)
})
afterEach(async () => {
  store.close()
  rmSync(folder, { recursive: true })
})

/** A sweep at a time when all that was kept in this test is older than an hour. */
const sweep = (after_ms = 2 * hour_ms, most?: number) =>
  sweepImages(service.database, store, {
    now: new Date(Date.now() + after_ms),
    ...(most === undefined ? {} : { most }),
  })
const refusal = (sweeping: Promise<unknown>) =>
  sweeping.then(
    () => undefined,
    (error: AlertedError) => error.alert,
  )
const keysNow = async () => {
  const keys = await Promise.all(
    ['receipts', 'avatars'].map(async (of) => (await Array.fromAsync(store.list(of))).map(({ key }) => key)),
  )
  return keys.flat().sort()
}
const quarantined = async () =>
  (await Array.fromAsync(listQuarantine(service.database, store))).map(({ key }) => key).sort()

/** Images of uploads that have their rows; answers their keys. */
async function knownImages(count: number): Promise<string[]> {
  const keys: string[] = []
  for (let at = 0; at < count; at += 1) {
    const image_key = randomCode(26)
    await newUpload(service, diner, { image_key })
    keys.push(`receipts/${image_key}.jpg`)
  }
  return put(keys)
}

/** Images that no row knows; answers their keys. */
const orphans = (count: number) => put(Array.from({ length: count }, () => `receipts/${randomCode(26)}.jpg`))

async function put(keys: string[]): Promise<string[]> {
  for (const key of keys) await store.put(key, jpeg)
  return keys.sort()
}

test('the most that is put away at once is a twentieth, between a handful and a hundred', () => {
  expect([0, 8, 200, 400, 2_000, 100_000].map(mostAtOnce)).toEqual([10, 10, 10, 20, 100, 100])
})

describe.each(['a folder', 'a bucket'])('the sweep of %s', (kind) => {
  beforeEach(async () => {
    if (kind === 'a bucket') store = createS3Store(await s3.newBucket())
  })

  test('marks a new installation, and leaves what is known, young or no image of ours', async () => {
    expect(await sweep()).toEqual(nothing)
    const { database, store: mark } = await readMarks(service.database, store)
    expect(database).toMatch(/^[0-9A-Z]{26}$/)
    expect(mark).toBe(database)
    const known = await knownImages(2)
    const young = await orphans(1)
    if (kind === 'a folder') writeFileSync(join(folder, 'receipts/.copy.jpg~'), 'x')
    expect(await sweep(0)).toEqual(nothing)
    await store.delete(young)
    expect(await sweep()).toEqual(nothing)
    const left = (await keysNow()).filter((key) => !key.endsWith('~'))
    expect(left).toEqual(known)
  })

  test('puts what no row knows away for a week, from which it can be brought back, and then removes it', async () => {
    await sweep()
    const known = await knownImages(2)
    const [first = '', second = ''] = await put(['receipts/ORPHAN-preview.jpg', `avatars/${diner.userId}-OLD.jpg`])
    expect(await sweep()).toEqual({ ...nothing, putAway: 2 })
    expect(await keysNow()).toEqual(known)
    expect(await quarantined()).toEqual([first, second])
    expect(await bringBack(store, first)).toBe(true)
    expect(await store.get(first)).toEqual(jpeg)
    expect(await sweep(week_ms - hour_ms)).toEqual({ ...nothing, putAway: 1 })
    expect(await sweep(week_ms + hour_ms)).toEqual({ ...nothing, removed: 2 })
    expect(await quarantined()).toEqual([])
    expect(await keysNow()).toEqual(known)
  })

  test('of a folder full of images beside an empty database takes nothing away, now or when that fills up', async () => {
    const images = await orphans(11)
    expect(await refusal(sweep())).toEqual({ event: 'sweep_stopped', why: 'apart' })
    expect(await keysNow()).toEqual(images)
    const known = await knownImages(230)
    expect(await refusal(sweep())).toEqual({ event: 'sweep_stopped', why: 'apart' })
    expect(await keysNow()).toEqual([...images, ...known].sort())
    expect(await quarantined()).toEqual([])
  })

  test('of another installation’s images takes nothing away, even when there are few', async () => {
    await sweep()
    await store.setMark(randomCode(26))
    const image = await orphans(1)
    expect(await refusal(sweep())).toEqual({ event: 'sweep_stopped', why: 'apart' })
    expect(await keysNow()).toEqual(image)
  })

  test('takes an empty one over, whosever it was', async () => {
    await sweep()
    await store.setMark(randomCode(26))
    expect(await sweep()).toEqual(nothing)
    const { database, store: mark } = await readMarks(service.database, store)
    expect(mark).toBe(database)
  })

  test('decides nothing about images that are too young to be judged', async () => {
    const images = await orphans(3)
    expect(await sweep(0)).toEqual(nothing)
    expect(await readMarks(service.database, store)).toEqual({ database: undefined, store: undefined })
    expect(await keysNow()).toEqual(images)
  })

  test('marks an installation that is older than marks, by the rows that know its images', async () => {
    const known = await knownImages(5)
    await orphans(2)
    expect(await sweep()).toEqual({ ...nothing, putAway: 2 })
    const { database, store: mark } = await readMarks(service.database, store)
    expect([mark, await keysNow()]).toEqual([database, known])
  })

  test.each(['installation', 'the store'])('finds the mark that %s has lost by its rows', async (lost) => {
    await sweep()
    const before = await readMarks(service.database, store)
    const known = await knownImages(3)
    if (lost === 'installation') await service.database.query('DELETE FROM installation')
    else await forgetMark()
    expect(await sweep()).toEqual(nothing)
    expect([await readMarks(service.database, store), await keysNow()]).toEqual([before, known])
  })

  test('stops when an older backup knows too few of the images, and goes on when an operator says how many', async () => {
    await sweep()
    const known = await knownImages(4)
    const newer = await orphans(11)
    const alert = { event: 'sweep_stopped', why: 'too_many', images: 15, unknown: 11, most: 10 } as const
    expect(await refusal(sweep())).toEqual(alert)
    expect(await keysNow()).toEqual([...known, ...newer].sort())
    expect(await sweep(2 * hour_ms, 11)).toEqual({ ...nothing, putAway: 11 })
  })

  test('brings an image back when its row comes back', async () => {
    await sweep()
    const [key = ''] = await orphans(1)
    expect(await sweep()).toEqual({ ...nothing, putAway: 1 })
    await newUpload(service, diner, { image_key: key.slice('receipts/'.length, -'.jpg'.length) })
    expect(await sweep(2 * week_ms)).toEqual({ ...nothing, broughtBack: 1 })
    expect([await keysNow(), await quarantined()]).toEqual([[key], []])
  })

  test('loses nothing when several sweep at once', async () => {
    await sweep()
    const known = await knownImages(3)
    const unknown = await orphans(9)
    await Promise.all([sweep(), sweep(), sweep()])
    expect([await keysNow(), await quarantined()]).toEqual([known, unknown])
  })

  async function forgetMark(): Promise<void> {
    if (kind === 'a folder') rmSync(join(folder, 'installation-id'))
    else await s3.remove('installation-id')
  }
})

test('a list that fails half-way leaves every image where it is', async () => {
  const settings = await s3.newBucket()
  store = createS3Store(settings)
  await sweep()
  const images = await put(['receipts/A.jpg', 'receipts/B.jpg'])
  const proxy = startFaultyProxy(settings.endpoint, (url) => url.searchParams.get('prefix') === 'avatars/')
  const faulty = createS3Store({ ...settings, endpoint: proxy.url })
  const now = new Date(Date.now() + 2 * hour_ms)
  await expect(sweepImages(service.database, faulty, { now })).rejects.toThrow()
  expect([await keysNow(), await quarantined()]).toEqual([images, []])
  expect(proxy.failed).toBeGreaterThan(0)
  faulty.close()
  await proxy.stop()
})

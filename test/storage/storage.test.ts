import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDiskStore } from '../../src/storage/disk-store.ts'
import { createImageLinks } from '../../src/storage/image-links.ts'
import { createS3Store } from '../../src/storage/s3-store.ts'
import type { Store } from '../../src/storage/store.ts'
import { type S3Server, startS3 } from '../support/s3.ts'

const folder = mkdtempSync(join(tmpdir(), 'restaurant-points-store-'))
let s3: S3Server
const stores: Record<string, () => Store> = {
  'a folder': () => createDiskStore(join(folder, 'images')),
  'an S3 service': () => createS3Store(s3.settings),
}

beforeAll(async () => {
  s3 = await startS3()
})
afterAll(async () => {
  await s3.stop()
  rmSync(folder, { recursive: true, force: true })
})

const bytes = new Uint8Array([0xff, 0xd8, 0, 1, 2, 0xff, 0xd9])
const keysIn = async (store: Store, of: string) => (await Array.fromAsync(store.list(of))).map(({ key }) => key).sort()

describe.each(Object.keys(stores))('%s', (kind) => {
  test('a store keeps, returns, lists and removes objects', async () => {
    const store = stores[kind]?.() as Store
    await store.check()
    expect(await keysIn(store, 'receipts')).toEqual([])
    for (const key of ['receipts/A.jpg', 'receipts/A-preview.jpg', 'avatars/1-B.jpg']) await store.put(key, bytes)
    expect(await store.get('receipts/A.jpg')).toEqual(bytes)
    expect(await store.get('receipts/NONE.jpg')).toBeUndefined()
    expect(await keysIn(store, 'receipts')).toEqual(['receipts/A-preview.jpg', 'receipts/A.jpg'])
    const [{ keptAt } = { keptAt: new Date(0) }] = await Array.fromAsync(store.list('avatars'))
    expect(Math.abs(Date.now() - keptAt.getTime())).toBeLessThan(60_000)
    await store.delete(['receipts/A.jpg', 'receipts/A-preview.jpg', 'receipts/NONE.jpg'])
    expect(await keysIn(store, 'receipts')).toEqual([])
    store.close()
  })

  test.each(['../x.jpg', 'receipts/../x.jpg', 'receipts/a/b.jpg', '/etc/passwd', 'receipts/x.png', 'receipts/\0.jpg'])(
    'a store refuses a key like %j',
    async (key) => {
      const store = stores[kind]?.() as Store
      await expect(store.put(key, bytes)).rejects.toThrow(TypeError)
      await expect(store.get(key)).rejects.toThrow(TypeError)
      await expect(store.delete([key])).rejects.toThrow(TypeError)
    },
  )
})

test('only this account can read the folder and its objects, and no draft stays behind', async () => {
  const store = createDiskStore(join(folder, 'private'))
  await store.put('receipts/A.jpg', bytes)
  expect(statSync(join(folder, 'private/receipts')).mode & 0o077).toBe(0)
  expect(statSync(join(folder, 'private/receipts/A.jpg')).mode & 0o077).toBe(0)
  expect(readdirSync(join(folder, 'private/receipts'))).toEqual(['A.jpg'])
})

test('the check of a folder that can’t be written to fails', async () => {
  const file = join(folder, 'file')
  await Bun.write(file, '')
  await expect(createDiskStore(join(file, 'images')).check()).rejects.toThrow()
  expect(existsSync(join(file, 'images'))).toBe(false)
})

test('the check of a bucket that is missing or not ours fails', async () => {
  await expect(createS3Store({ ...s3.settings, bucket: 'nobody' }).check()).rejects.toThrow()
  await expect(createS3Store({ ...s3.settings, accessKey: 'nobody' }).put('receipts/A.jpg', bytes)).rejects.toThrow()
})

test('a call to a store that never answers is given up', async () => {
  const silent: Server = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const store = createS3Store({ ...s3.settings, endpoint: `http://127.0.0.1:${port}`, timeout_ms: 200 })
  const startedAt = performance.now()
  expect(
    await store.put('receipts/A.jpg', bytes).then(
      () => 'kept',
      () => 'given up',
    ),
  ).toBe('given up')
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  store.close()
  silent.close()
})

describe('links', () => {
  const secret = 'tests-only-0123456789-abcdefghijklmnop'
  const at = (iso: string) => createImageLinks(secret, undefined, () => new Date(iso))
  const partsOf = (link: string) => {
    const { pathname, searchParams } = new URL(link, 'http://x')
    return [
      pathname.split('/')[2] ?? '',
      searchParams.get('expires') ?? '',
      searchParams.get('signature') ?? '',
    ] as const
  }

  test('a link stays the same within an hour, and is good for one to two hours', () => {
    const link = at('2026-01-01T10:00:00Z').linkTo('A.jpg')
    expect(at('2026-01-01T10:59:59Z').linkTo('A.jpg')).toBe(link)
    expect(at('2026-01-01T11:59:59Z').secondsLeft(...partsOf(link))).toBe(1)
    expect(at('2026-01-01T12:00:00Z').secondsLeft(...partsOf(link))).toBeUndefined()
  })

  test('a link with another secret, name or time is refused', () => {
    const links = at('2026-01-01T10:00:00Z')
    const [name, expires, signature] = partsOf(links.linkTo('A.jpg'))
    const other = createImageLinks(`${secret}x`, `${secret}y`, () => new Date('2026-01-01T10:00:00Z'))
    expect(other.secondsLeft(name, expires, signature)).toBeUndefined()
    expect(links.secondsLeft('B.jpg', expires, signature)).toBeUndefined()
    expect(links.secondsLeft(name, `${Number(expires) + 1}`, signature)).toBeUndefined()
    expect(links.secondsLeft(name, `${expires} `, signature)).toBeUndefined()
    expect(links.secondsLeft(name, expires, '')).toBeUndefined()
  })

  test('links signed by the previous secret are still good, and new ones are signed by the new secret', () => {
    const link = at('2026-01-01T10:00:00Z').linkTo('A.jpg')
    const rotated = createImageLinks(`${secret}x`, secret, () => new Date('2026-01-01T10:00:00Z'))
    expect(rotated.secondsLeft(...partsOf(link))).toBe(7_200)
    expect(rotated.linkTo('A.jpg')).not.toBe(link)
  })
})

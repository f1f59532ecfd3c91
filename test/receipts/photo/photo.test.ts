import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { readImageHeader } from '../../../src/receipts/photo/image-header.ts'
import { openAvatar, openPhoto, PhotoFault } from '../../../src/receipts/photo/photo.ts'
import { decodePixels } from '../../../src/receipts/photo/pixels.ts'
import { bombChunk, insertSegment, pngOf, withExif, withJpegSize, withScans } from '../../support/hostile-images.ts'
import { pngOf as imageOf } from '../../support/images.ts'

const sample = (name: string): Promise<Uint8Array> => Bun.file(join(import.meta.dir, '../../samples', name)).bytes()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const jpeg = await sample('05-split-label.jpg')
const png = await sample('02-wechat-pay.png')
const webp = await new Bun.Image(jpeg).webp({ quality: 70 }).bytes()

async function faultOf(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await openPhoto(bytes)
    return undefined
  } catch (error) {
    if (error instanceof PhotoFault) return error.kind
    throw error
  }
}

test.each([
  ['JPEG', jpeg],
  ['PNG', png],
  ['WebP', webp],
])('a %s becomes a JPEG, a preview, a hash and a fingerprint', async (_, bytes) => {
  const photo = await openPhoto(bytes)
  expect(readImageHeader(photo.image)).toEqual({ format: 'jpeg', width: photo.width, height: photo.height })
  const preview = readImageHeader(photo.preview)
  expect(Math.max(preview?.width ?? 0, preview?.height ?? 0)).toBe(480)
  expect(photo.sha256).toBe(new Bun.CryptoHasher('sha256').update(photo.image).digest('hex'))
  expect(photo.fingerprint.hash).toMatch(/^[0-9a-f]{64}$/)
})

test('the more pixels a JPEG has, the fewer scans it may have', () => {
  const large = withJpegSize(jpeg, 8_000, 5_000)
  expect(readImageHeader(withScans(large, 24))).toMatchObject({ width: 8_000, height: 5_000 })
  expect(readImageHeader(withScans(large, 25))).toBeNull()
  expect(readImageHeader(withScans(jpeg, 25))).not.toBeNull()
})

test('a camera’s notes give the direction and are then dropped', async () => {
  const secret = 'profile made by a phone'
  const sent = insertSegment(withExif(jpeg, 6), 0xe2, bytesOf(`ICC_PROFILE\0\x01\x01${secret}`))
  const upright = await openPhoto(jpeg)
  const turned = await openPhoto(sent)
  expect([turned.width, turned.height]).toEqual([upright.height, upright.width])
  const kept = Buffer.concat([turned.image, turned.preview, await openAvatar(sent)])
  for (const trace of ['Exif', '31.2304N', secret, 'ICC_PROFILE']) expect(kept.includes(trace)).toBeFalse()
})

test('bytes behind an image are not kept, and make no other photo of it', async () => {
  const script = '<script>alert(1)</script>'
  for (const image of [jpeg, png, webp]) {
    const photo = await openPhoto(Buffer.concat([image, bytesOf(script)]))
    expect(Buffer.from(photo.image).includes('script')).toBeFalse()
    expect(photo.sha256).toBe((await openPhoto(image)).sha256)
  }
})

test('a large photo is kept with fewer pixels, and a long one keeps its shape', async () => {
  const large = await openPhoto(await sample('11-small-in-3000px.jpg'))
  expect([large.width, large.height]).toEqual([1_512, 2_016])
  const small = await openPhoto(pngOf(2_200, 2_200))
  expect([small.width, small.height]).toEqual([2_200, 2_200])
  const long = await openPhoto(pngOf(1000, 20_000))
  expect(long.height / long.width).toBeCloseTo(20, 0)
  expect(long.width).toBeGreaterThan(450)
})

test('an avatar has at most 512 pixels a side', async () => {
  expect(readImageHeader(await openAvatar(png))).toMatchObject({ format: 'jpeg', height: 512 })
})

test.each(['png', 'webp'] as const)('black on a see-through %s is kept as black on white', async (kind) => {
  const rows = Buffer.alloc(200 * (1 + 200 * 4))
  for (let y = 80; y < 120; y++) for (let x = 20; x < 180; x++) rows[y * 801 + 1 + x * 4 + 3] = 255
  const drawn = imageOf(200, 200, deflateSync(rows), 6)
  const sent = kind === 'png' ? drawn : await new Bun.Image(drawn).webp({ lossless: true }).bytes()
  const { image } = await openPhoto(sent)
  const { data, width } = await decodePixels(image, {})
  const grey = (x: number, y: number) => data[(y * width + x) * 3] ?? -1
  expect(grey(5, 5)).toBeGreaterThan(245)
  expect(grey(100, 100)).toBeLessThan(10)
  expect((await new Bun.Image(await openAvatar(sent)).metadata()).width).toBe(200)
})

const gif = Uint8Array.fromBase64('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7')
const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')

test.each([
  ['nothing', new Uint8Array()],
  ['an SVG', bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ['a page named .jpg', bytesOf('<!doctype html><title>photo.jpg</title>')],
  ['a GIF', gif],
  ['a HEIC', heic],
  ['a BMP', Buffer.concat([bytesOf('BM'), new Uint8Array(60)])],
  ['the beginnings of a JPEG', jpeg.subarray(0, 3)],
  ['a JPEG cut in half', jpeg.subarray(0, jpeg.length / 2)],
  ['a JPEG without its end', jpeg.subarray(0, -2)],
  [
    'a cut JPEG with a whole thumbnail inside',
    insertSegment(jpeg, 0xe1, Buffer.from([0xff, 0xd8, 0xff, 0xd9])).subarray(0, -2000),
  ],
  ['a JPEG of a thousand scans', withScans(jpeg, 1000)],
  ['a JPEG without height', withJpegSize(jpeg, 100, 0)],
  ['a PNG cut in half', png.subarray(0, png.length / 2)],
  ['a PNG without its end', png.subarray(0, -12)],
  ['a WebP cut in half', webp.subarray(0, webp.length / 2)],
])('%s is refused as no image', async (_, bytes) => {
  expect(await faultOf(bytes)).toBe('not_image')
})

test.each([
  ['a JPEG of 41 megapixels', withJpegSize(jpeg, 8200, 5000)],
  ['a PNG of 16000 × 16000 in a few bytes', pngOf(16_000, 16_000)],
  ['a PNG that is one very long row', pngOf(40_000_000, 1)],
  ['a PNG of very many rows', pngOf(1, 40_000)],
  ['a WebP of 16383 × 16383', withWebpSize(16_383, 16_383)],
])('%s is too large, and is refused at once', async (_, bytes) => {
  const tookOf = async (work: () => Promise<unknown>) => {
    const took: number[] = []
    for (let turn = 0; turn < 5; turn += 1) {
      const started = performance.now()
      await work()
      took.push(performance.now() - started)
    }
    return Math.min(...took)
  }
  const toOpen = await tookOf(() => openPhoto(jpeg))
  const before = process.memoryUsage().rss
  expect(await faultOf(bytes)).toBe('too_large')
  expect(await tookOf(() => faultOf(bytes))).toBeLessThan(toOpen)
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
})

test.each(['iCCP', 'zTXt'] as const)(
  'a %s chunk that inflates to 200 MB costs no memory',
  async (type) => {
    const bytes = pngOf(64, 64, bombChunk(type, 200))
    const before = process.memoryUsage().rss
    const started = performance.now()
    expect([undefined, 'not_image']).toContain(await faultOf(bytes))
    expect(performance.now() - started).toBeLessThan(2000)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  },
  30_000,
)

test('a damaged file gives a photo or a PhotoFault, and never another error', async () => {
  const originals = [jpeg, webp, pngOf(32, 32)]
  const damage = fc.record({
    original: fc.constantFrom(...originals),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    value: fc.nat(255),
    head: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ original, at, value, head }) => {
      const copy = Uint8Array.from(original)
      copy[Math.floor(at * (head ? Math.min(800, copy.length) : copy.length))] = value
      expect([undefined, 'not_image', 'too_large']).toContain(await faultOf(copy))
    }),
    { numRuns: 60 },
  )
}, 60_000)

function withWebpSize(width: number, height: number): Uint8Array {
  const file = Buffer.alloc(30)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(22, 4)
  file.write('WEBPVP8X', 8, 'latin1')
  file.writeUInt32LE(10, 16)
  file.writeUIntLE(width - 1, 24, 3)
  file.writeUIntLE(height - 1, 27, 3)
  return file
}

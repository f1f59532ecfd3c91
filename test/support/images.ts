import { randomBytes } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

/** A PNG of grey blocks made from `seed`. Pictures of one seed look alike; those of others don't. */
export function picture(seed: number, width = 320, height = 480): Uint8Array<ArrayBuffer> {
  const blocks = 16
  const grey = (x: number, y: number) =>
    (Math.imul((y * blocks + x + 1) * 2_654_435_761, seed * 40_503 + 1) >>> 24) & 0xff
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = grey(Math.floor((x * blocks) / width), Math.floor((y * blocks) / height))
    }
  }
  return pngOf(width, height, deflateSync(rows))
}

/** A PNG that claims this size, whatever it holds. Grey, or of another colour type (6: RGBA). */
export function pngOf(width: number, height: number, pixels: Uint8Array, colourType = 0): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = colourType
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const chunks = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([signature, ...chunks]))
}

/** A JPEG of the same picture, encoded at this quality and size. */
export async function jpegOf(png: Uint8Array, quality = 90, width?: number): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Bun.Image(png)
  const sized = width ? image.resize(width) : image
  return new Uint8Array(await sized.jpeg({ quality }).bytes())
}

let photos = 900

/** A photo that looks like no other. */
export function newPhoto(): Promise<Uint8Array<ArrayBuffer>> {
  photos += 1
  return jpegOf(picture(photos))
}

/** A photo-like JPEG of about `bytes` bytes. */
export async function heavyJpeg(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const side = Math.ceil(Math.sqrt(bytes))
  const rows = Buffer.alloc(side * (side + 1))
  for (let y = 0; y < side; y += 1) randomBytes(side).copy(rows, y * (side + 1) + 1)
  return jpegOf(pngOf(side, side, deflateSync(rows, { level: 1 })), 92)
}

/** A JPEG of 12 megapixels and about 2.8 MB, as phones take them. */
export async function phoneJpeg(): Promise<Uint8Array<ArrayBuffer>> {
  const blurred = new Bun.Image(await heavyJpeg(640_000)).resize(3_024, 4_032)
  return new Uint8Array(await blurred.jpeg({ quality: 70 }).bytes())
}

/** The image followed by zeros, `size` bytes in all. */
export function padded(image: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  bytes.set(image)
  return bytes
}

function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

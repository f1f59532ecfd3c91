import { createHash } from 'node:crypto'
import { type Fingerprint, fingerprintOf } from './fingerprint.ts'
import { type ImageHeader, readImageHeader, startOfScan } from './image-header.ts'
import { onWhite, roomFor, type Source } from './on-white.ts'
import { largestImage_px } from './pixels.ts'

/**
 * A photo as it is kept: decoded, turned upright and encoded again. Nothing but the pixels is left of what was sent.
 */
export interface Photo {
  /** JPEG of at most 5 megapixels. */
  image: Uint8Array<ArrayBuffer>
  /** JPEG of at most 480 pixels a side, for lists. */
  preview: Uint8Array<ArrayBuffer>
  /** SHA-256 of `image`, in hexadecimal. Other metadata, or other bytes behind the image's end, give the same one. */
  sha256: string
  fingerprint: Fingerprint
  /** The size of `image`, in pixels. */
  width: number
  height: number
}

/** Bytes that are no photo for us. `not_image`: no whole JPEG, PNG or WebP. `too_large`: too many pixels. */
export class PhotoFault extends Error {
  override readonly name = 'PhotoFault'
  readonly kind: 'not_image' | 'too_large'

  constructor(kind: 'not_image' | 'too_large', options?: ErrorOptions) {
    super(kind, options)
    this.kind = kind
  }
}

/**
 * The way in to this room: makes a photo of the bytes that a client sent.
 *
 *     image-header  type, size and wholeness, before a pixel is decoded
 *     on-white      transparent images on white
 *     fingerprint   the perceptual hash, by which copies are found; hamming-distance.ts compares two
 *
 * The name and type that the bytes came with don't matter. Decoding and encoding run off the event loop.
 * @throws {PhotoFault}
 */
export async function openPhoto(bytes: Uint8Array): Promise<Photo> {
  const source = await requireOpaque(bytes)
  const kept = await encode(source, keptSide(source), 85)
  const preview = await encode(kept, previewSide_px, 75)
  const fingerprint = await fingerprintOf(preview.bytes)
  const sha256 = createHash('sha256').update(kept.bytes).digest('hex')
  return { image: kept.bytes, preview: preview.bytes, sha256, fingerprint, width: kept.width, height: kept.height }
}

/**
 * Makes an avatar of a picture: a JPEG of at most 512 pixels a side.
 * @throws {PhotoFault}
 */
export async function openAvatar(bytes: Uint8Array): Promise<Uint8Array> {
  return (await encode(await requireOpaque(bytes), avatarSide_px, 85)).bytes
}

/**
 * Makes a product's picture: a JPEG of at most 1200 pixels a side.
 * @throws {PhotoFault}
 */
export async function openProductImage(bytes: Uint8Array): Promise<Uint8Array> {
  return (await encode(await requireOpaque(bytes), productSide_px, 85)).bytes
}

// A row is decoded whole, and decoders take many bytes for each of its pixels.
const maxWidth_px = 16_384
// Each row costs the start of a filter: millions of short rows took seconds. The longest screenshots have 20,000 rows.
const maxHeight_px = 32_768
const largestKept_px = 5_000_000
// Half the sides of a camera's 12 megapixels: at half its size, a JPEG is decoded in a fraction of the time. The reader
// looks at no more pixels than these.
const kept_px = 2_016 * 1_512
// A long receipt needs more, to keep its letters large.
const longShape = 2.5
const previewSide_px = 480
const avatarSide_px = 512
const productSide_px = 1_200

/** The longest side of the image that is kept. */
function keptSide({ width, height }: Source): number {
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  if (short * long <= largestKept_px) return long
  const most_px = long > longShape * short ? largestKept_px : kept_px
  return Math.floor(long * Math.sqrt(most_px / (short * long)))
}

async function requireOpaque(bytes: Uint8Array): Promise<Source> {
  const { format, width, height } = requireImage(bytes)
  const source = { bytes, width, height }
  if (format === 'jpeg') return source
  try {
    return await onWhite(source)
  } catch (cause) {
    throw faultOf(cause)
  }
}

function requireImage(bytes: Uint8Array): ImageHeader {
  const header = readImageHeader(bytes)
  if (!header) throw new PhotoFault('not_image')
  const { width, height } = header
  if (width * height > largestImage_px || width > maxWidth_px || height > maxHeight_px)
    throw new PhotoFault('too_large')
  return header
}

/** An image in memory of its own. */
type Encoded = Source & { bytes: Uint8Array<ArrayBuffer> }

async function encode(source: Source, side: number, quality: number): Promise<Encoded> {
  try {
    const image = new Bun.Image(source.bytes, { maxPixels: roomFor(source) })
    const { width, height } = await image.metadata()
    const scale = side / Math.max(width, height)
    // A JPEG is decoded at a fraction of its size only when both sides are given: one of them may be larger in a square.
    if (scale < 1) image.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
    const jpeg = (await image.jpeg({ quality }).bytes()) as Uint8Array<ArrayBuffer>
    const bytes = withoutMetadata(jpeg)
    return { bytes, width: image.width, height: image.height }
  } catch (cause) {
    throw faultOf(cause)
  }
}

function faultOf(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_IMAGE_TOO_MANY_PIXELS') return new PhotoFault('too_large', { cause })
  if (typeof code === 'string' && code.startsWith('ERR_IMAGE_')) return new PhotoFault('not_image', { cause })
  return cause
}

// Bun.Image drops Exif but keeps colour profiles, and anything can be hidden in a profile. Most photos have none.
function withoutMetadata(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const file = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
  const kept: Buffer[] = []
  let [at, from] = [2, 0]
  while (file[at] === 0xff && file[at + 1] !== startOfScan) {
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (isMetadata(file[at + 1] ?? 0)) {
      kept.push(file.subarray(from, at))
      from = end
    }
    at = end
  }
  return from === 0 ? jpeg : new Uint8Array(Buffer.concat([...kept, file.subarray(from)]))
}

// Comments, and every application segment but the first: that one is JFIF's own.
function isMetadata(marker: number): boolean {
  return (marker > 0xe0 && marker <= 0xef) || marker === 0xfe
}

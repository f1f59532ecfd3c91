import { inflateSync } from 'node:zlib'

/** Eight-bit RGB samples, row by row from the top left. */
export interface Pixels {
  width: number
  height: number
  data: Uint8Array
}

/** What is done to an image before its pixels are taken: a turn, and a longest side in pixels or an exact size. */
export interface PixelOptions {
  rotate?: 0 | 90 | 180 | 270
  maxSide_px?: number
  size?: { width: number; height: number }
  /** The most pixels that the image may have. It also bounds how far the image's packed parts may inflate. */
  max_px?: number
}

/**
 * Decodes a JPEG, PNG or WebP to RGB. `Bun.Image` hands out encoded bytes only, so they are taken from an uncompressed
 * PNG.
 * @throws Bun.Image's error when the bytes are no image or have more than 40 megapixels.
 */
export async function decodePixels(image: Uint8Array, options: PixelOptions): Promise<Pixels> {
  return toRgb(await decode(image, options))
}

/**
 * True for an image that is transparent somewhere. A small version of it is looked at.
 * @throws as `decodePixels` does.
 */
export async function isSeeThrough(image: Uint8Array, max_px: number): Promise<boolean> {
  const { rows, width, height } = await decode(image, { maxSide_px: lookSide_px, max_px })
  for (let row = 0; row < height; row++) {
    const start = row * (width * channels + 1) + 1
    for (let at = start + 3; at < start + width * channels; at += channels) {
      if ((rows[at] ?? 255) < opaque) return true
    }
  }
  return false
}

const lookSide_px = 64
// Scaling may round an opaque pixel down a little.
const opaque = 250

/** Rows of RGBA. Before each row stands one byte that is no pixel: PNG's filter type. */
interface Decoded {
  rows: Uint8Array
  width: number
  height: number
}

async function decode(image: Uint8Array, options: PixelOptions): Promise<Decoded> {
  const pipeline = new Bun.Image(image, { maxPixels: options.max_px ?? largestImage_px })
  if (options.rotate) pipeline.rotate(options.rotate)
  if (options.size) pipeline.resize(options.size.width, options.size.height, { filter: 'box' })
  else if (options.maxSide_px)
    pipeline.resize(options.maxSide_px, options.maxSide_px, { fit: 'inside', withoutEnlargement: true })
  return unpackPng(await pipeline.png({ compressionLevel: 0 }).bytes())
}

/** The most pixels that are decoded: width times height. */
export const largestImage_px = 40_000_000
const channels = 4

// https://www.w3.org/TR/png-3/, but only what Bun.Image writes: eight-bit RGBA, not interlaced.
function unpackPng(png: Uint8Array): Decoded {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const width = view.getUint32(16)
  const height = view.getUint32(20)
  if (png[24] !== 8 || png[25] !== 6 || png[28] !== 0) throw new Error('unexpected PNG layout')
  const compressed: Uint8Array[] = []
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at)
    if (view.getUint32(at + 4) === 0x49444154) compressed.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const rows = inflateSync(Buffer.concat(compressed))
  unfilter(rows, height, width * channels)
  return { rows, width, height }
}

function unfilter(rows: Uint8Array, height: number, stride: number): void {
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1) + 1
    const filter = rows[start - 1]
    if (filter === 0) continue
    for (let i = 0; i < stride; i++) {
      const at = start + i
      const left = i >= channels ? (rows[at - channels] ?? 0) : 0
      const up = row > 0 ? (rows[at - stride - 1] ?? 0) : 0
      const corner = row > 0 && i >= channels ? (rows[at - stride - 1 - channels] ?? 0) : 0
      rows[at] = (rows[at] ?? 0) + predict(filter, left, up, corner)
    }
  }
}

function predict(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const estimate = left + up - corner
  const toLeft = Math.abs(estimate - left)
  const toUp = Math.abs(estimate - up)
  const toCorner = Math.abs(estimate - corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

// Transparent pixels are laid on white, as on a page.
function toRgb({ rows, width, height }: Decoded): Pixels {
  const rgb = new Uint8Array(width * height * 3)
  let to = 0
  for (let row = 0; row < height; row++) {
    let from = row * (width * channels + 1) + 1
    for (let column = 0; column < width; column++, from += channels) {
      const alpha = rows[from + 3] ?? 255
      for (let channel = 0; channel < 3; channel++) {
        const value = rows[from + channel] ?? 0
        rgb[to++] = alpha === 255 ? value : 255 + ((value - 255) * alpha) / 255
      }
    }
  }
  return { width, height, data: rgb }
}

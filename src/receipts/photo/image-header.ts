/** What an image's first bytes say about it. Sizes are in pixels, before the image is turned by its orientation. */
export interface ImageHeader {
  format: 'jpeg' | 'png' | 'webp'
  width: number
  height: number
}

/**
 * Reads type and size from the bytes and checks that the file is whole. No pixel is decoded. Answers null for
 * everything that is not a whole JPEG, PNG or WebP. Bytes after the image's end are allowed, because they are never
 * kept.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (file.readUInt16BE(0) === 0xffd8) return readJpeg(file)
    if (file.subarray(0, 8).equals(pngSignature)) return readPng(file)
    if (file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP') return readWebp(file)
  } catch (error) {
    // The read went past the end: the file is cut off.
    if (!(error instanceof RangeError)) throw error
  }
  return null
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** The marker after which a JPEG holds only pixels: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B. */
export const startOfScan = 0xda
const markersWithoutFrame = [0xc4, 0xc8, 0xcc]
// Each scan of a progressive image is a pass over all its pixels. Cameras write ten, a hostile file thousands.
const mostScans = 100
const mostScanned_px = 1_000_000_000

function readJpeg(file: Buffer): ImageHeader | null {
  let size: { width: number; height: number } | undefined
  let at = 2
  for (;;) {
    if (file[at] !== 0xff) return null
    const marker = file.readUInt8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === startOfScan) break
    if (marker >= 0xc0 && marker <= 0xcf && !markersWithoutFrame.includes(marker)) {
      size = { height: file.readUInt16BE(at + 5), width: file.readUInt16BE(at + 7) }
    }
    at += 2 + Math.max(2, file.readUInt16BE(at + 2))
  }
  const end = file.indexOf(endOfImage, at)
  if (end < 0 || !size || size.width === 0 || size.height === 0) return null
  const most = Math.min(mostScans, Math.floor(mostScanned_px / (size.width * size.height)))
  return countUpTo(most + 1, file.subarray(at, end), scanMarker) > most ? null : { format: 'jpeg', ...size }
}

const endOfImage = Buffer.from([0xff, 0xd9])
const scanMarker = Buffer.from([0xff, startOfScan])

function countUpTo(limit: number, file: Buffer, pattern: Buffer): number {
  let count = 0
  for (let at = file.indexOf(pattern); at >= 0 && count < limit; at = file.indexOf(pattern, at + 2)) count++
  return count
}

// https://www.w3.org/TR/png-3/#5Chunk-layout
function readPng(file: Buffer): ImageHeader | null {
  const header: ImageHeader = { format: 'png', width: file.readUInt32BE(16), height: file.readUInt32BE(20) }
  if (file.toString('latin1', 12, 16) !== 'IHDR' || header.width === 0 || header.height === 0) return null
  let hasPixels = false
  for (let at = 8; ; ) {
    const end = at + 12 + file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    if (end > file.length) return null
    if (type === 'IEND') return hasPixels ? header : null
    hasPixels ||= type === 'IDAT'
    at = end
  }
}

// https://developers.google.com/speed/webp/docs/riff_container
function readWebp(file: Buffer): ImageHeader | null {
  if (file.readUInt32LE(4) + 8 > file.length) return null
  const size = webpSize(file, file.toString('latin1', 12, 16))
  return size && size.width > 0 && size.height > 0 ? { format: 'webp', ...size } : null
}

function webpSize(file: Buffer, chunk: string): { width: number; height: number } | null {
  if (chunk === 'VP8X') return { width: 1 + file.readUIntLE(24, 3), height: 1 + file.readUIntLE(27, 3) }
  if (chunk === 'VP8 ') return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff }
  if (chunk !== 'VP8L') return null
  const bits = file.readUInt32LE(21)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

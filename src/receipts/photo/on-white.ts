import { decodePixels, isSeeThrough, type Pixels } from './pixels.ts'

/** An image in an encoding that `Bun.Image` reads. */
export interface Source {
  bytes: Uint8Array
  width: number
  height: number
}

/**
 * How many pixels a decoder may make of an image of this size. The decoder also derives from it how far a packed colour
 * profile may inflate, so small images get room for an honest profile.
 */
export function roomFor({ width, height }: Source): number {
  return Math.max(width * height, 1_000_000)
}

// The pixels are handled on the event loop's thread. So many take about ten milliseconds.
const longestSide_px = 1_024

/**
 * Lays a transparent image on white, at most 1024 pixels a side. A JPEG encoder would make its transparent places
 * black, and black letters on them could not be read. An opaque image is answered as it is.
 * @throws Bun.Image's error when the bytes are no image.
 */
export async function onWhite(source: Source): Promise<Source> {
  const max_px = roomFor(source)
  if (!(await isSeeThrough(source.bytes, max_px))) return source
  const pixels = await decodePixels(source.bytes, { maxSide_px: longestSide_px, max_px })
  return { bytes: bitmapOf(pixels), width: pixels.width, height: pixels.height }
}

const headers_bytes = 54

// https://learn.microsoft.com/windows/win32/gdi/bitmap-storage: 24 bits a pixel, the bottom row first, rows padded to
// whole words.
function bitmapOf({ width, height, data }: Pixels): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(headers_bytes + stride * height)
  file.write('BM', 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(headers_bytes, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let row = 0, from = 0; row < height; row++) {
    let to = headers_bytes + (height - 1 - row) * stride
    for (let column = 0; column < width; column++, from += 3, to += 3) {
      file[to] = data[from + 2] ?? 0
      file[to + 1] = data[from + 1] ?? 0
      file[to + 2] = data[from] ?? 0
    }
  }
  return file
}

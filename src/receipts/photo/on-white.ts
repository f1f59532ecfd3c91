import { decodePixels, isSeeThrough, type Pixels } from './pixels.ts'

/** An image that is encoded in some way that `Bun.Image` reads. */
export interface Source {
  bytes: Uint8Array
  width: number
  height: number
}

/**
 * The pixels that a decoder is held to for an image of this size. From them it also bounds what a packed profile may
 * inflate to, so that small images are given room for an honest one.
 */
export function roomFor({ width, height }: Source): number {
  return Math.max(width * height, 1_000_000)
}

// Its pixels go through the event loop's thread: so many take some ten milliseconds.
const longestSide_px = 1_024

/**
 * The picture as it is seen on white where it can be seen through, at most 1024 pixels a side then: an encoder of JPEG
 * makes such places black, and black letters on them unreadable. Others are answered as they are. Throws Bun.Image's
 * error when the bytes are no image.
 */
export async function onWhite(source: Source): Promise<Source> {
  const max_px = roomFor(source)
  if (!(await isSeeThrough(source.bytes, max_px))) return source
  const pixels = await decodePixels(source.bytes, { maxSide_px: longestSide_px, max_px })
  return { bytes: bitmapOf(pixels), width: pixels.width, height: pixels.height }
}

const headers_bytes = 54

// https://learn.microsoft.com/windows/win32/gdi/bitmap-storage: 24 bits a pixel, from the bottom up, rows of whole words.
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

import { deflateSync } from 'node:zlib'
import { decodePixels, type Pixels } from '../../src/receipts/photo/pixels.ts'
import { pngOf } from './images.ts'

type Corner = readonly [x: number, y: number]

/** Where the source's corners go: top left, top right, bottom right, bottom left; parts of the target's sides. */
type Corners = readonly [Corner, Corner, Corner, Corner]

/** One way to photograph a receipt again: the target's size against the source's, where it lies, and on what. */
interface Scene {
  size: number
  corners: Corners
  ground: (x: number, y: number) => number
  light: number
}

const white = () => 250
const table = (x: number, y: number) => 96 + 22 * Math.sin(x / 9 + Math.sin(y / 31) * 3) + 8 * Math.sin(y / 5)
const plain = { size: 1, ground: white, light: 1 }

function cropped(left: number, top: number, right: number, bottom: number): Scene {
  const [w, h] = [1 - left - right, 1 - top - bottom]
  const at = (x: number, y: number): Corner => [(x - left) / w, (y - top) / h]
  return { ...plain, corners: [at(0, 0), at(1, 0), at(1, 1), at(0, 1)] }
}

function turned(degrees: number): Scene {
  const angle = (degrees * Math.PI) / 180
  const grown = Math.abs(Math.sin(angle)) + Math.cos(angle)
  const at = (x: number, y: number): Corner => {
    const [dx, dy] = [(x - 0.5) / grown, (y - 0.5) / grown]
    return [0.5 + dx * Math.cos(angle) - dy * Math.sin(angle), 0.5 + dx * Math.sin(angle) + dy * Math.cos(angle)]
  }
  return { ...plain, size: grown, ground: () => 40, corners: [at(0, 0), at(1, 0), at(1, 1), at(0, 1)] }
}

function framed(part: number): Scene {
  const [from, to] = [part, 1 - part]
  return {
    ...plain,
    size: 1 / (1 - 2 * part),
    ground: () => 30,
    corners: [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
    ],
  }
}

/** The ways in which a receipt comes a second time. */
export const scenes: Readonly<Record<string, Scene>> = {
  'cropped by 8 % at the top and left': cropped(0.08, 0.08, 0, 0),
  'cropped by 8 % at every side': cropped(0.04, 0.04, 0.04, 0.04),
  'turned by 2 degrees': turned(2),
  'turned by 5 degrees': turned(5),
  'turned by 10 degrees': turned(-10),
  'with a border': framed(0.1),
  'in perspective': {
    ...plain,
    ground: () => 60,
    size: 1.1,
    corners: [
      [0.1, 0.04],
      [0.93, 0.07],
      [0.98, 0.97],
      [0.03, 0.94],
    ],
  },
  'on a table': {
    size: 1.5,
    ground: table,
    light: 0.85,
    corners: [
      [0.2, 0.12],
      [0.83, 0.17],
      [0.79, 0.9],
      [0.15, 0.86],
    ],
  },
}

/** A part of an image painted over with another part of it, as a JPEG. */
export async function repainted(
  image: Uint8Array,
  { from, to, size }: { from: Corner; to: Corner; size: Corner },
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = await decodePixels(image, {})
  const source = data.slice()
  for (let row = 0; row < size[1]; row += 1) {
    const start = ((from[1] + row) * width + from[0]) * 3
    data.set(source.subarray(start, start + size[0] * 3), ((to[1] + row) * width + to[0]) * 3)
  }
  const rows = new Uint8Array(height * (width * 3 + 1))
  for (let y = 0; y < height; y += 1)
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1)
  return encoded(width, height, rows)
}

/** A photo of the photo, as a JPEG. */
export async function photographed(image: Uint8Array, scene: Scene): Promise<Uint8Array<ArrayBuffer>> {
  const source = await decodePixels(image, { maxSide_px: 1_600 })
  const [width, height] = [Math.round(source.width * scene.size), Math.round(source.height * scene.size)]
  const back = inverse(
    homography(
      scene.corners.map(([x, y]) => [x * width, y * height] as const),
      source,
    ),
  )
  const rows = new Uint8Array(height * (width * 3 + 1))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const scale = back[6] * x + back[7] * y + back[8]
      const sx = (back[0] * x + back[1] * y + back[2]) / scale
      const sy = (back[3] * x + back[4] * y + back[5]) / scale
      const to = y * (width * 3 + 1) + 1 + x * 3
      for (let channel = 0; channel < 3; channel += 1)
        rows[to + channel] = scene.light * sampled(source, sx, sy, channel, scene.ground(x, y))
    }
  }
  return encoded(width, height, rows)
}

/** A JPEG of PNG's rows: a byte for the filter, and RGB. */
async function encoded(width: number, height: number, rows: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const png = pngOf(width, height, deflateSync(rows, { level: 1 }), 2)
  return new Uint8Array(await new Bun.Image(png).jpeg({ quality: 80 }).bytes())
}

function sampled({ width, height, data }: Pixels, x: number, y: number, channel: number, ground: number): number {
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) return ground
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const at = (top * width + left) * 3 + channel
  const [dx, dy] = [x - left, y - top]
  const upper = (data[at] ?? 0) * (1 - dx) + (data[at + 3] ?? 0) * dx
  const lower = (data[at + width * 3] ?? 0) * (1 - dx) + (data[at + width * 3 + 3] ?? 0) * dx
  return upper * (1 - dy) + lower * dy
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number]

/** The projection of the source's rectangle onto four corners (Heckbert 1989, square to quadrilateral). */
function homography(corners: readonly Corner[], { width, height }: Pixels): Matrix {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners as unknown as Corners
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3]
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3]
  const determinant = dx1 * dy2 - dx2 * dy1
  const g = (dx3 * dy2 - dx2 * dy3) / determinant
  const h = (dx1 * dy3 - dx3 * dy1) / determinant
  return [
    ...[(x1 - x0 + g * x1) / width, (x3 - x0 + h * x3) / height, x0],
    ...[(y1 - y0 + g * y1) / width, (y3 - y0 + h * y3) / height, y0],
    ...[g / width, h / height, 1],
  ] as unknown as Matrix
}

function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ]
}

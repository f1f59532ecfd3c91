import { decodePixels } from './pixels.ts'

/**
 * How an image looks. The hash is stored. A later image is searched for by its probes; the first of them is its hash.
 */
export interface Fingerprint {
  /** 256 bits as 64 hexadecimal digits. */
  hash: string
  /**
   * Hashes of the image a little cropped and a little widened. One of them meets the hash of the image it was cut from.
   */
  probes: string[]
}

/**
 * Computes an image's perceptual hash, as pHash and PDQ do. A discrete cosine transform of the grey values gives 16 ×
 * 16 low frequencies. Each gives one bit: whether it lies above their median. pHash takes 64 frequencies; receipts are
 * too much alike in those.
 * @throws Bun.Image's error when the bytes are no image.
 */
export async function fingerprintOf(image: Uint8Array): Promise<Fingerprint> {
  const { data } = await decodePixels(image, { size: { width: side_px, height: side_px } })
  const grey = new Float32Array(side_px * side_px)
  for (let i = 0; i < grey.length; i++)
    grey[i] = 0.299 * (data[3 * i] ?? 0) + 0.587 * (data[3 * i + 1] ?? 0) + 0.114 * (data[3 * i + 2] ?? 0)
  const probes = windows.map((window) => hashOf(sample(grey, window)))
  return { hash: probes[0] ?? '', probes }
}

const side_px = 128
const samplesASide = 64
const frequencies = 16

type Window = readonly [left: number, top: number, right: number, bottom: number]

// What each probe cuts off at each side, as a part of the image. A negative part repeats the edge.
const windows: readonly Window[] = [
  ...[0, 0.025, -0.025, 0.05, -0.05].map((part): Window => [part, part, part, part]),
  ...[0.04, -0.04].flatMap((part): Window[] => [
    [part, 0, 0, 0],
    [0, part, 0, 0],
    [0, 0, part, 0],
    [0, 0, 0, part],
  ]),
]

function sample(grey: Float32Array, [left, top, right, bottom]: Window): Float32Array {
  const columns = positions(left, right)
  const sampled = new Float32Array(samplesASide * samplesASide)
  positions(top, bottom).forEach((y, row) => {
    columns.forEach((x, column) => {
      const at = y * side_px + x
      sampled[row * samplesASide + column] =
        (grey[at] ?? 0) + (grey[at + 1] ?? 0) + (grey[at + side_px] ?? 0) + (grey[at + side_px + 1] ?? 0)
    })
  })
  return sampled
}

function positions(before: number, after: number): number[] {
  return Array.from({ length: samplesASide }, (_, i) => {
    const at = (before + ((i + 0.5) / samplesASide) * (1 - before - after)) * side_px - 1
    return Math.min(side_px - 2, Math.max(0, Math.round(at)))
  })
}

function hashOf(sampled: Float32Array): string {
  const coefficients = transform(transform(sampled, samplesASide), frequencies)
  const sorted = coefficients.toSorted()
  const median = ((sorted[sorted.length / 2 - 1] ?? 0) + (sorted[sorted.length / 2] ?? 0)) / 2
  let hex = ''
  for (let at = 0; at < coefficients.length; at += 4) {
    let digit = 0
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + ((coefficients[at + bit] ?? 0) > median ? 1 : 0)
    hex += digit.toString(16)
  }
  return hex
}

// One pass of the transform. A row of samples becomes a column of frequencies 1 to 16, so two passes cover both axes.
function transform(rows: Float32Array, count: number): Float32Array {
  const columns = new Float32Array(frequencies * count)
  for (let row = 0; row < count; row++) {
    for (let frequency = 0; frequency < frequencies; frequency++) {
      let sum = 0
      for (let x = 0; x < samplesASide; x++)
        sum += (rows[row * samplesASide + x] ?? 0) * (cosines[frequency * samplesASide + x] ?? 0)
      columns[frequency * count + row] = sum
    }
  }
  return columns
}

const cosines = Float32Array.from({ length: frequencies * samplesASide }, (_, i) => {
  const frequency = 1 + Math.floor(i / samplesASide)
  return Math.cos(((2 * (i % samplesASide) + 1) * frequency * Math.PI) / (2 * samplesASide))
})

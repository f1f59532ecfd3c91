import type { Pixels } from '../photo/pixels.ts'

/** Blurs pixels in place, as a Gaussian of a standard deviation of about 1.1 pixels does. */
export function blur({ width, height, data }: Pixels): void {
  for (let row = 0; row < height; row++) blurLine(data, row * width * channels, channels, width)
  for (let column = 0; column < width; column++) blurLine(data, column * channels, width * channels, height)
}

const channels = 3
// The Gaussian's weights at 0, 1 and 2 pixels, out of 256. Its tails, 1 in 50, are left out.
const [centre, near, far] = [94, 62, 19] as const

function blurLine(data: Uint8Array, start: number, step: number, count: number): void {
  const last = start + (count - 1) * step
  for (let channel = 0; channel < channels; channel++) {
    const at = (place: number) => data[Math.min(last, place) + channel] ?? 0
    let [before2, before1] = [at(start), at(start)]
    let [value, after1] = [at(start), at(start + step)]
    for (let place = start; place <= last; place += step) {
      const after2 = at(place + 2 * step)
      data[place + channel] = (value * centre + (before1 + after1) * near + (before2 + after2) * far + 128) >> 8
      before2 = before1
      before1 = value
      value = after1
      after1 = after2
    }
  }
}

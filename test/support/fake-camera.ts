import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeQR } from 'qr'

/** What Chromium takes for a camera: a film of one QR code that is held still. */
export interface FakeCamera {
  /** Chromium's flags for it. */
  flags: string[]
  /** Shows a code from the next time on that the camera is opened. */
  show(text: string): void
  remove(): void
}

const [width, height] = [640, 480]
const frames = 5
const white = 235
const black = 16

export function fakeCamera(): FakeCamera {
  const folder = mkdtempSync(join(tmpdir(), 'restaurant-points-camera-'))
  const file = join(folder, 'camera.y4m')
  const show = (text: string) => writeFileSync(file, filmOf(text))
  show('nothing yet')
  return {
    flags: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ],
    show,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** YUV4MPEG2 with chroma for each four pixels. */
function filmOf(text: string): Buffer {
  const luma = Buffer.alloc(width * height, white)
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 2 })
  const dot = Math.floor((height * 0.7) / rows.length)
  const [left, top] = [(width - rows.length * dot) >> 1, (height - rows.length * dot) >> 1]
  for (const [y, row] of rows.entries())
    for (const [x, isDark] of row.entries())
      if (isDark)
        for (let line = 0; line < dot; line += 1) {
          const begin = (top + y * dot + line) * width + left + x * dot
          luma.fill(black, begin, begin + dot)
        }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([header, ...Array.from({ length: frames }, () => frame)])
}

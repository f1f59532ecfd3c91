import type { Point, Quad } from './found-text.ts'
import type { Page } from './ocr.ts'
import type { PhotoBox } from './reading.ts'

/** Where a text stands on the photo as it was sent, before it was turned upright. */
export function photoBoxOf(quad: Quad, { turn, width, height }: Pick<Page, 'turn' | 'width' | 'height'>): PhotoBox {
  const points = quad.map(({ x, y }) => turnedBack({ x: x / width, y: y / height }, turn))
  const [left, right] = extent(points.map(({ x }) => x))
  const [top, bottom] = extent(points.map(({ y }) => y))
  return { x: rounded(left), y: rounded(top), width: rounded(right - left), height: rounded(bottom - top) }
}

function turnedBack({ x, y }: Point, turn: Page['turn']): Point {
  if (turn === 90) return { x: y, y: 1 - x }
  if (turn === 180) return { x: 1 - x, y: 1 - y }
  return turn === 270 ? { x: 1 - y, y: x } : { x, y }
}

function extent(values: readonly number[]): [least: number, most: number] {
  return [Math.max(0, Math.min(...values)), Math.min(1, Math.max(...values))]
}

function rounded(part: number): number {
  return Math.round(part * 10_000) / 10_000
}

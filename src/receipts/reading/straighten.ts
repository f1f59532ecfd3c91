import type { FoundText, OcrLine, Point, Quad } from './found-text.ts'

/**
 * Makes tilted lines level, so that what was printed side by side has the same height. One slope, a + b·y, is fitted
 * over the whole page: a is the tilt, and b the change of it in a photo that was taken at an angle.
 */
export function straighten(found: readonly FoundText[]): OcrLine[] {
  const slope = fitSlope(found.map(measure).filter(({ width, height }) => width > 3 * height))
  const left = Math.min(...found.flatMap(({ quad }) => quad.map(({ x }) => x)))
  return found.map((text) => {
    const { centre, width, height } = measure(text)
    const y = centre.y - (centre.x - left) * slope(centre.y)
    return {
      text: text.text,
      confidence: text.confidence,
      quad: text.quad,
      box: { x: centre.x - width / 2, y: y - height / 2, width, height },
    }
  })
}

/** True when most of the text runs up or down the image. */
export function runsSideways(quads: readonly Quad[]): boolean {
  let upright = 0
  let sideways = 0
  for (const [a, b, c, d] of quads) {
    const width = Math.max(distance(a, b), distance(c, d))
    const height = Math.max(distance(a, d), distance(b, c))
    if (width > 1.5 * height) upright += width
    if (height > 1.5 * width) sideways += height
  }
  return sideways > upright
}

interface Measure {
  centre: Point
  width: number
  height: number
  slope: number
}

function measure({ quad: [a, b, c, d] }: { quad: Quad }): Measure {
  return {
    centre: { x: (a.x + b.x + c.x + d.x) / 4, y: (a.y + b.y + c.y + d.y) / 4 },
    width: (distance(a, b) + distance(d, c)) / 2,
    height: (distance(a, d) + distance(b, c)) / 2,
    slope: (b.y - a.y + (c.y - d.y)) / (b.x - a.x + (c.x - d.x) || 1),
  }
}

// The weighted median comes first, so that a few wrong boxes can't tilt the page. Least squares use what is near it.
function fitSlope(lines: readonly Measure[]): (y: number) => number {
  if (lines.length < 3) return () => lines[0]?.slope ?? 0
  const middle = weightedMedian(lines)
  const near = lines.filter((line) => Math.abs(line.slope - middle) < 0.06)
  const weight = near.reduce((sum, line) => sum + line.width, 0)
  const meanY = near.reduce((sum, line) => sum + line.width * line.centre.y, 0) / weight
  const meanSlope = near.reduce((sum, line) => sum + line.width * line.slope, 0) / weight
  const spread = near.reduce((sum, line) => sum + line.width * (line.centre.y - meanY) ** 2, 0)
  const covariance = near.reduce(
    (sum, line) => sum + line.width * (line.centre.y - meanY) * (line.slope - meanSlope),
    0,
  )
  const gain = near.length < 6 || spread === 0 ? 0 : covariance / spread
  return (y) => meanSlope + gain * (y - meanY)
}

function weightedMedian(lines: readonly Measure[]): number {
  const sorted = [...lines].sort((a, b) => a.slope - b.slope)
  let left = sorted.reduce((sum, line) => sum + line.width, 0) / 2
  for (const line of sorted) {
    left -= line.width
    if (left <= 0) return line.slope
  }
  return 0
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

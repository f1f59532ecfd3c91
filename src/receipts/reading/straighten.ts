import type { FoundText, OcrLine, Point, Quad } from './found-text.ts'

/**
 * Makes tilted lines level, so that what was printed side by side has the same height. One slope, a + b·y + c·x, is
 * fitted over the whole page: a is the tilt, b the change of it in a photo that was taken at an angle, and c its change
 * along a line, on paper that curls.
 */
export function straighten(found: readonly FoundText[]): OcrLine[] {
  const slope = fitSlope(found.map(measure).filter(({ width, height }) => width > 2 * height))
  const left = Math.min(...found.flatMap(({ quad }) => quad.map(({ x }) => x)))
  return found.map((text) => {
    const { centre, width, height } = measure(text)
    // A slope that changes evenly rises as much as its middle does all along.
    const y = centre.y - (centre.x - left) * slope((centre.x + left) / 2, centre.y)
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

type Slope = (x: number, y: number) => number

// The weighted median comes first, so that a few wrong boxes can't tilt the page. Least squares use what is near it.
function fitSlope(lines: readonly Measure[]): Slope {
  if (lines.length < 3) return () => lines[0]?.slope ?? 0
  const middle = weightedMedian(lines)
  const near = lines.filter((line) => Math.abs(line.slope - middle) < 0.15)
  const weight = near.reduce((sum, { width }) => sum + width, 0)
  const mean = (value: (line: Measure) => number) =>
    near.reduce((sum, line) => sum + line.width * value(line), 0) / weight
  const [x0, y0, slope0] = [mean(({ centre }) => centre.x), mean(({ centre }) => centre.y), mean(({ slope }) => slope)]
  const [x, y] = [({ centre }: Measure) => centre.x - x0, ({ centre }: Measure) => centre.y - y0]
  const together = (one: typeof x, other: typeof x) => mean((line) => one(line) * other(line))
  const off = ({ slope }: Measure) => slope - slope0
  const [xx, xy, yy] = [together(x, x), together(x, y), together(y, y)]
  const [xs, ys] = [together(x, off), together(y, off)]
  const area = xx * yy - xy * xy
  const curls = near.length >= fewestCurled && area > 0.1 * xx * yy
  const alongX = curls ? (xs * yy - ys * xy) / area : 0
  const alongY = near.length < 6 || yy === 0 ? 0 : (ys - alongX * xy) / yy
  return (atX, atY) => slope0 + alongX * (atX - x0) + alongY * (atY - y0)
}

// A short text's box is seldom tilted right. The mean of many is.
const fewestCurled = 12

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

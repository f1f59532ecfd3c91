const mostSteps = 10_000
const enough = 1e-15

/**
 * How likely a deviation as large as this one is, if the counts do come from these chances (Pearson's test). Undefined
 * where there is nothing to test: no counts, or fewer than two possible outcomes.
 * @param chances must sum to 1; an outcome without a chance that was seen anyway is impossible
 */
export function chiSquarePValue(counts: readonly number[], chances: readonly number[]): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const possible = chances.filter((chance) => chance > 0).length
  if (total === 0 || possible < 2) return undefined
  let deviation = 0
  for (const [at, chance] of chances.entries()) {
    const count = counts[at] ?? 0
    if (chance > 0) deviation += (count - total * chance) ** 2 / (total * chance)
    else if (count > 0) return 0
  }
  return upperGamma((possible - 1) / 2, deviation / 2)
}

/** The regularised upper incomplete gamma function: by its series below the middle, by a continued fraction above. */
function upperGamma(shape: number, x: number): number {
  if (x === 0) return 1
  const scale = Math.exp(shape * Math.log(x) - x - logGamma(shape))
  return x < shape + 1 ? 1 - scale * lowerSeries(shape, x) : scale * upperFraction(shape, x)
}

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let step = 1; step < mostSteps && term > sum * enough; step += 1) {
    term *= x / (shape + step)
    sum += term
  }
  return sum
}

/** By Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = Number.MAX_VALUE
  let d = 1 / b
  let fraction = d
  for (let step = 1; step < mostSteps; step += 1) {
    const a = -step * (step - shape)
    b += 2
    d = 1 / (a * d + b)
    c = b + a / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < enough) break
  }
  return fraction
}

/** Lanczos' approximation, for shapes above 0. */
function logGamma(shape: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ]
  const z = shape - 1
  const sum = terms.reduce((all, term, at) => all + term / (z + at + 1), 0.9999999999998099)
  const t = z + terms.length - 0.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

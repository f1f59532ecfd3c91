const wholePercent = 100
const hundredths = 100

/**
 * Percent of at most two decimals, a number or its text, as the probability with four decimals that it is: `33.33` as
 * `"0.3333"`. No float takes part. Undefined for anything else.
 */
export function probabilityOf(percent: unknown): string | undefined {
  const text = typeof percent === 'number' || typeof percent === 'string' ? String(percent).trim() : ''
  const [match, whole = '', decimals = ''] = /^(\d{1,3})(?:\.(\d{1,2})0*)?$/.exec(text) ?? []
  const tenThousandths = Number(whole) * hundredths + Number(decimals.padEnd(2, '0'))
  if (match === undefined || tenThousandths > wholePercent * hundredths) return undefined
  const digits = String(tenThousandths).padStart(5, '0')
  return `${digits.slice(0, 1)}.${digits.slice(1)}`
}

/** A probability with at most four decimals in percent: `0.3333` as `33.33`. */
export function percentOf(probability: number): number {
  return Math.round(probability * wholePercent * hundredths) / hundredths
}

const largestNoise = 1e-9

/** Percent that an editor made of a probability by floats: `28.999999999999996` is `29`. */
export function withoutNoise(percent: unknown): unknown {
  if (typeof percent !== 'number') return percent
  const exact = Math.round(percent * hundredths) / hundredths
  return Math.abs(percent - exact) < largestNoise ? exact : percent
}

const wholePercent = 100
const hundredths = 100

/**
 * Turns a percentage into a probability with four decimals, without floating-point arithmetic: `33.33` into `"0.3333"`.
 * The percentage has at most two decimals and is a number or its text. Undefined for anything else.
 */
export function probabilityOf(percent: unknown): string | undefined {
  const text = typeof percent === 'number' || typeof percent === 'string' ? String(percent).trim() : ''
  const [match, whole = '', decimals = ''] = /^(\d{1,3})(?:\.(\d{1,2})0*)?$/.exec(text) ?? []
  const tenThousandths = Number(whole) * hundredths + Number(decimals.padEnd(2, '0'))
  if (match === undefined || tenThousandths > wholePercent * hundredths) return undefined
  const digits = String(tenThousandths).padStart(5, '0')
  return `${digits.slice(0, 1)}.${digits.slice(1)}`
}

/** Turns a probability with at most four decimals into percent: `0.3333` into `33.33`. */
export function percentOf(probability: number): number {
  return Math.round(probability * wholePercent * hundredths) / hundredths
}

const largestNoise = 1e-9

/**
 * Removes the rounding error of an editor that computed the percentage with floats: `28.999999999999996` becomes `29`.
 */
export function withoutNoise(percent: unknown): unknown {
  if (typeof percent !== 'number') return percent
  const exact = Math.round(percent * hundredths) / hundredths
  return Math.abs(percent - exact) < largestNoise ? exact : percent
}

/** Numbers that look random and are the same for the same seed, so that a picture can be drawn again. */
export interface Chance {
  /** From `least` to `most`, both included. */
  int(least: number, most: number): number
  real(least: number, most: number): number
  of<Choice>(choices: readonly [Choice, ...Choice[]]): Choice
  /** True in `percent` of 100 cases. */
  happens(percent: number): boolean
  /** So many digits. */
  digits(count: number): string
}

// Mulberry32.
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    int,
    real: (least, most) => least + next() * (most - least),
    of: (choices) => choices[int(0, choices.length - 1)] ?? choices[0],
    happens: (percent) => next() * 100 < percent,
    digits: (count) => Array.from({ length: count }, () => int(0, 9)).join(''),
  }
}

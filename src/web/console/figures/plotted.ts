/** What a chart shows. */
export interface Plotted {
  /** `YYYY-MM-DD`, without a gap. */
  days: readonly string[]
  lines: readonly Line[]
  /** Writes a value for people. */
  write: (value: number) => string
  /** Whether there are no parts of one. */
  isWhole: boolean
}

export interface Line {
  name: string
  /** The name of a colour of the theme. */
  color: 'accent' | 'good' | 'calm'
  /** One for each day. */
  values: readonly (number | null)[]
  /** What all of it comes to, in words. */
  sum: string
}

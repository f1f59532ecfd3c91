/** The two clocks of the service. */
export interface Time {
  /** The time of day, for what is written down or shown. Someone may set it forwards or back. */
  now(): Date
  /** Grows steadily; where it starts means nothing. For how long something took, or how long it is still good. */
  elapsed_ms(): number
}

export const systemTime: Time = { now: () => new Date(), elapsed_ms: () => performance.now() }

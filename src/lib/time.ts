/** The two clocks of the service. */
export interface Time {
  /** The time of day, for whatever is written down or shown. It may be set, forwards and back. */
  now(): Date
  /** Grows steadily from an origin of no meaning: how long something took, or is good for yet, goes by it alone. */
  elapsed_ms(): number
}

export const systemTime: Time = { now: () => new Date(), elapsed_ms: () => performance.now() }

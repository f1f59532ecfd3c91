export const day_ms = 86_400_000

/** Whole days from one instant to another. */
export function wholeDaysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / day_ms)
}

/** The business days of one time zone; "today" and every daily limit mean these. A day is `YYYY-MM-DD`. */
export interface Calendar {
  /** The business day that `instant` falls in. */
  dayOf(instant: Date): string
  /** The first instant of `day`. */
  startOf(day: string): Date
  /** `day` moved by a number of days. */
  plusDays(day: string, days: number): string
}

/** A calendar of `timeZone`, an IANA name; it knows the zone's daylight saving time. */
export function createCalendar(timeZone: string): Calendar {
  const startOf = (day: string) => new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds)
  const plusDays = (day: string, days: number) => Temporal.PlainDate.from(day).add({ days }).toString()
  // Every draw asks for the day, and nearly always for the same one.
  let known = { day: '', from: Number.NaN, until: Number.NaN }
  return {
    dayOf(instant) {
      const at = instant.getTime()
      if (at >= known.from && at < known.until) return known.day
      const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()
      known = { day, from: startOf(day).getTime(), until: startOf(plusDays(day, 1)).getTime() }
      return day
    },
    startOf,
    plusDays,
  }
}

/** Business days in one time zone: "today" and every daily limit mean these. Days are `YYYY-MM-DD`. */
export interface Calendar {
  /** The business day that `instant` falls in. */
  dayOf(instant: Date): string
  /** The first instant of `day`. */
  startOf(day: string): Date
  /** `day` moved by a number of days. */
  plusDays(day: string, days: number): string
}

/** A calendar of `timeZone` (an IANA name); daylight saving is the zone's own. */
export function createCalendar(timeZone: string): Calendar {
  return {
    dayOf: (instant) =>
      Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString(),
    startOf: (day) => new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds),
    plusDays: (day, days) => Temporal.PlainDate.from(day).add({ days }).toString(),
  }
}

/** One business day as instants: from the first to just before the last. */
export interface DayRange {
  day: string
  from: Date
  to: Date
}

/** Figures by business day: a day that is over changes no more, so what it came to is kept in memory. */
export interface PastDays {
  /** The figures under `name` of each day; those not known are loaded, all in one go. */
  figures<Figures>(
    name: string,
    days: readonly DayRange[],
    now: Date,
    load: (missing: readonly DayRange[]) => Promise<Figures[]>,
  ): Promise<Figures[]>
  /** Forgets everything. */
  clear(): void
}

/** Commits of a day's last moments have arrived by then. */
const settled_ms = 60_000
const mostKept = 20_000

export function createPastDays(): PastDays {
  const kept = new Map<string, unknown>()
  return {
    async figures<Figures>(
      name: string,
      days: readonly DayRange[],
      now: Date,
      load: (missing: readonly DayRange[]) => Promise<Figures[]>,
    ) {
      const keyOf = ({ day }: DayRange) => `${name}/${day}`
      const missing = days.filter((day) => !kept.has(keyOf(day)))
      const loaded = missing.length === 0 ? [] : await load(missing)
      const fresh = new Map(missing.map((day, index) => [day, loaded[index] as Figures]))
      const answer = days.map((day) => fresh.get(day) ?? (kept.get(keyOf(day)) as Figures))
      if (kept.size > mostKept) kept.clear()
      for (const [day, figures] of fresh) {
        if (day.to.getTime() + settled_ms < now.getTime()) kept.set(keyOf(day), figures)
      }
      return answer
    },
    clear: () => kept.clear(),
  }
}

/** A business day and its instants: `from` is included, `to` is not. */
export interface DayRange {
  day: string
  from: Date
  to: Date
}

/** A cache of figures by business day. A day that is over doesn't change any more. */
export interface PastDays {
  /** The figures `name` of each day. Missing days are loaded, all with one call of `load`. */
  figures<Figures>(
    name: string,
    days: readonly DayRange[],
    now: Date,
    load: (missing: readonly DayRange[]) => Promise<Figures[]>,
  ): Promise<Figures[]>
  /** Empties the cache. */
  clear(): void
}

/** A day is cached this long after its end, when the commits of its last moments are there. */
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

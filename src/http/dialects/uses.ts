import type { Use } from '../dialect.ts'

/** Counts uses by alias. Every alias starts at 0, so that unused ones can be seen. */
export interface Uses {
  /** Makes one counter for aliases that are always used together. */
  of(...aliases: string[]): Use
  /** How often each alias was used. */
  totals(): Iterable<readonly [alias: string, uses: number]>
}

export function createUses(): Uses {
  const counters: { aliases: readonly string[]; use: Use }[] = []
  return {
    of(...aliases) {
      const use = { count: 0 }
      counters.push({ aliases, use })
      return use
    },
    totals() {
      const totals = new Map<string, number>()
      for (const { aliases, use } of counters)
        for (const alias of aliases) totals.set(alias, (totals.get(alias) ?? 0) + use.count)
      return totals
    },
  }
}

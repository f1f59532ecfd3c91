/** The figures of versions of the wheel. Those of a version that is over don't change any more. */
export interface PastWheels {
  /** The figures of each version up to `last`. Those of versions up to `settled` are kept. */
  figures(
    range: { last: number; settled: number },
    load: (missing: readonly number[]) => Promise<PrizeSums[]>,
  ): Promise<ReadonlyMap<number, readonly PrizeSums[]>>
  /** Empties the cache. */
  clear(): void
}

/** What the draws of one prize came to, in one version, with pity or by a roll. */
export interface PrizeSums {
  version: number
  prize_id: number
  is_pity: boolean
  draws: number
  cost: number
  won: number
}

export function createPastWheels(): PastWheels {
  const kept = new Map<number, readonly PrizeSums[]>()
  return {
    async figures({ last, settled }, load) {
      const numbers = Array.from({ length: last }, (_, index) => index + 1)
      const missing = numbers.filter((version) => !kept.has(version))
      const found = Map.groupBy(await load(missing), ({ version }) => version)
      const answer = new Map(numbers.map((version) => [version, kept.get(version) ?? found.get(version) ?? []]))
      for (const version of missing) if (version <= settled) kept.set(version, answer.get(version) ?? [])
      return answer
    },
    clear: () => kept.clear(),
  }
}

/** What one round of load came to. */
export interface Sample {
  /** Answers a second. */
  rate: number
  p50_ms: number
  p99_ms: number
  max_ms: number
  /** CPU time of the loaded process an answer, which noise from its neighbours hardly touches. */
  cpu_us: number
  requests: number
  /** Answers that were not a success. */
  refused: number
}

/** Sums up the latencies of a round of `took_s` seconds, in which `answered` requests were answered in time. */
export function sampleOf(
  latencies_ms: number[],
  { answered, refused, took_s, cpu_us }: { answered: number; refused: number; took_s: number; cpu_us: number },
): Sample {
  const sorted = Float64Array.from(latencies_ms).sort()
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return {
    rate: Math.round(answered / took_s),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: at(1),
    cpu_us: Math.round(cpu_us / Math.max(answered, 1)),
    requests: sorted.length,
    refused,
  }
}

/** The round in the middle, figure by figure; requests and refusals are summed. */
export function medianSample(samples: readonly Sample[]): Sample {
  const middle = (figure: keyof Sample) => median(samples.map((sample) => sample[figure]))
  const total = (figure: keyof Sample) => samples.reduce((sum, sample) => sum + sample[figure], 0)
  return {
    rate: middle('rate'),
    p50_ms: middle('p50_ms'),
    p99_ms: middle('p99_ms'),
    max_ms: middle('max_ms'),
    cpu_us: middle('cpu_us'),
    requests: total('requests'),
    refused: total('refused'),
  }
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** To two decimals. */
export function rounded(figure: number): number {
  return Math.round(figure * 100) / 100
}

/** Runs the contenders in turn, `rounds` times after one to warm up, each round in the other order. */
export async function alternate<Name extends string>(
  rounds: number,
  contenders: Record<Name, () => Promise<Sample>>,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await contenders[name]()
      if (round > 0) samples[name].push(sample)
    }
  }
  return samples
}

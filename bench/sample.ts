/** The figures of one round of load. */
export interface Sample {
  /** Answers a second. */
  rate: number
  p50_ms: number
  p99_ms: number
  max_ms: number
  /** CPU time of the measured process for each answer. Other processes hardly disturb it. */
  cpu_us: number
  /** CPU time of the database server that it works on. */
  database_us: number
  /** CPU time of everything but the measured process and the load. On a machine with no other work it is the database's. */
  others_us: number
  requests: number
  /** How many answers were not a success. */
  refused: number
}

/** Makes the figures of a round of `took_s` seconds from its latencies. `answered` requests were answered in time. */
export function sampleOf(
  latencies_ms: number[],
  round: { answered: number; refused: number; took_s: number; cpu_us: number; database_us: number; others_us: number },
): Sample {
  const { answered, refused, took_s } = round
  const sorted = Float64Array.from(latencies_ms).sort()
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return {
    rate: Math.round(answered / took_s),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: at(1),
    cpu_us: Math.round(round.cpu_us / Math.max(answered, 1)),
    database_us: Math.round(round.database_us / Math.max(answered, 1)),
    others_us: Math.round(round.others_us / Math.max(answered, 1)),
    requests: sorted.length,
    refused,
  }
}

/** The median of each figure over the rounds. Requests and refusals are summed. */
export function medianSample(samples: readonly Sample[]): Sample {
  const middle = (figure: keyof Sample) => median(samples.map((sample) => sample[figure]))
  const total = (figure: keyof Sample) => samples.reduce((sum, sample) => sum + sample[figure], 0)
  return {
    rate: middle('rate'),
    p50_ms: middle('p50_ms'),
    p99_ms: middle('p99_ms'),
    max_ms: middle('max_ms'),
    cpu_us: middle('cpu_us'),
    database_us: middle('database_us'),
    others_us: middle('others_us'),
    requests: total('requests'),
    refused: total('refused'),
  }
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const [low = 0, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

/** The median of the rounds’ ratios of one figure. */
export function ratioOf(ours: readonly Sample[], theirs: readonly Sample[], figure: keyof Sample): number {
  return median(ours.map((sample, i) => sample[figure] / (theirs[i]?.[figure] || 1)))
}

/** Holds a ratio against its target. */
export function judged(
  ratio: number,
  relation: '>=' | '<=',
  target: number,
): { ratio: number; target: string; met: boolean } {
  const met = relation === '>=' ? ratio >= target : ratio <= target
  return { ratio: rounded(ratio), target: `${relation} ${target}`, met }
}

/** Rounds to two decimals. */
export function rounded(figure: number): number {
  return Math.round(figure * 100) / 100
}

/** Runs the contenders in turn: one round to warm up, then `rounds` rounds, each in the opposite order. */
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

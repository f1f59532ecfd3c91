import type { JobDeps } from './job.ts'
import type { JobRuns } from './runs.ts'

/** Whether the time of day may decide what is due. */
export interface ClockGuard {
  /**
   * False while the clock has jumped ahead or is ahead of the database's. What ends too early does not come back; what
   * waits is only late. Operators are told each time it begins.
   */
  isTrusted(): Promise<boolean>
}

const tolerance_ms = 5 * 60_000
/** A jump ahead that lasts this long is believed: the clock was set right, or the machine had slept. */
const believedAfter_ms = 10 * 60_000

export function createClockGuard(
  deps: Pick<JobDeps, 'database' | 'alerts' | 'now' | 'elapsed_ms'> & { runs: Pick<JobRuns, 'ahead'> },
): ClockGuard {
  const { database, alerts, now, elapsed_ms, runs } = deps
  const jump = watchJumps(() => now().getTime(), elapsed_ms)
  let told = ''

  const findFault = async () => {
    const jumped_ms = jump()
    if (jumped_ms > 0) return { why: 'jumped', by_ms: jumped_ms } as const
    const [row] = await database.query<{ at: Date }>('SELECT UTC_TIMESTAMP(3) AS at')
    const apart_ms = now().getTime() - (row?.at.getTime() ?? 0)
    if (apart_ms > tolerance_ms) return { why: 'apart', by_ms: apart_ms } as const
    return (await runs.ahead()) > 0 ? ({ why: 'future_runs', by_ms: 0 } as const) : undefined
  }

  return {
    async isTrusted() {
      const fault = await findFault()
      if (fault && fault.why !== told) {
        alerts.raise({ event: 'clock_wrong', why: fault.why, by_s: Math.round(fault.by_ms / 1000) })
      }
      told = fault?.why ?? ''
      return fault === undefined || fault.why === 'future_runs'
    },
  }
}

/** Returns a function that says by how many ms the clock has jumped ahead. A step back is believed at once. */
function watchJumps(clock_ms: () => number, elapsed_ms: () => number): () => number {
  let believed = clock_ms() - elapsed_ms()
  let jumped: { to: number; at: number } | undefined
  return () => {
    const [offset, at] = [clock_ms() - elapsed_ms(), elapsed_ms()]
    if (offset - believed > tolerance_ms) {
      if (!jumped || Math.abs(offset - jumped.to) > tolerance_ms) jumped = { to: offset, at }
      if (at - jumped.at < believedAfter_ms) return offset - believed
    }
    // Small corrections of the clock must not add up to a jump.
    believed = offset
    jumped = undefined
    return 0
  }
}

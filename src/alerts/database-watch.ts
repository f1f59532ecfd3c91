import type { Alerts } from './alerts.ts'

export interface DatabaseWatch {
  /** Changes after two looks in a row that contradict it. */
  readonly isUp: boolean
  start(): void
  stop(): void
}

const usualPause_ms = 2_000
/** How many looks in a row it takes to believe a change; one lost packet is not enough. */
const looksToBelieve = 2

/** Looks at the database at intervals, so that its absence is noticed even when nobody calls. */
export function createDatabaseWatch(options: {
  /** Resolves to whether the database answers. Must be bounded in time. */
  look: () => Promise<boolean>
  alerts: Pick<Alerts, 'raise'>
  every_ms?: number
}): DatabaseWatch {
  const { look, alerts, every_ms = usualPause_ms } = options
  let isUp = true
  let contrary = 0
  let changedAt = 0
  let looking = false
  let timer: ReturnType<typeof setInterval> | undefined

  const change = () => {
    contrary = 0
    isUp = !isUp
    if (isUp) alerts.raise({ event: 'database_back', away_s: Math.round((performance.now() - changedAt) / 1000) })
    else alerts.raise({ event: 'database_away' })
  }
  const round = async () => {
    if (looking) return
    looking = true
    const seen = await look()
    looking = false
    if (seen === isUp) contrary = 0
    else {
      contrary += 1
      if (contrary === 1 && isUp) changedAt = performance.now()
      if (contrary === looksToBelieve) change()
    }
  }

  return {
    get isUp() {
      return isUp
    },
    start() {
      timer = setInterval(() => void round(), every_ms)
      timer.unref()
    },
    stop: () => clearInterval(timer),
  }
}

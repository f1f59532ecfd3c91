import type { Alerts } from '../alerts/alerts.ts'
import { LogHalted, type TransparencyLog } from '../tlog/log.ts'
import { instanceName } from './instance.ts'
import { type Lease, type LeaseDeps, takeLease } from './lease.ts'

/** Seals the log each second, on one replica at a time. */
export interface Sealer {
  start(): void
  /** Resolves once the last round has ended. */
  stop(): Promise<void>
}

export interface SealerDeps extends LeaseDeps {
  log: TransparencyLog
  alerts: Pick<Alerts, 'raise'>
}

const round_ms = 1_000
/** Receipts promise that a draw is in the log within a minute. */
const late_ms = 60_000

/** Another replica holds the lease, and the log does not grow. */
class Stalled extends Error {
  override name = 'Stalled'
}

export function createSealer(deps: SealerDeps): Sealer {
  const { log, alerts, logger, elapsed_ms } = deps
  const instance = instanceName()
  const stopping = Promise.withResolvers<void>()
  let isStopping = false
  let ended = Promise.resolve()
  let lease: Lease | undefined
  let sealedAt = elapsed_ms()
  let told: string | undefined

  const tell = (why: 'late' | 'halted', error: unknown) => {
    logger.error({ err: error }, 'the log was not sealed')
    if (told === why) return
    told = why
    alerts.raise({ event: 'log_stopped', why })
  }
  /** Another replica seals. A backup that was restored holds the lease of a replica that may be gone. */
  const watch = async () => {
    const before = log.known()?.size
    await log.check()
    if (log.known()?.size === before && (await log.isBehind())) throw new Stalled('no replica seals the log')
  }
  const round = async () => {
    if (lease && !lease.isHeld()) {
      await lease.release()
      lease = undefined
    }
    lease ??= await takeLease(deps, 'seal-log', instance)
    try {
      await (lease ? log.seal() : watch())
      sealedAt = elapsed_ms()
      told = undefined
    } catch (error) {
      if (error instanceof LogHalted) tell('halted', error)
      else if ((lease || error instanceof Stalled) && elapsed_ms() - sealedAt > late_ms) tell('late', error)
    }
  }
  const work = async () => {
    while (!isStopping) {
      await round().catch((error) => logger.warn({ err: error }, 'sealing was not begun'))
      await Promise.race([Bun.sleep(round_ms), stopping.promise])
    }
    await lease?.release()
  }

  return {
    start() {
      ended = work()
    },
    async stop() {
      isStopping = true
      stopping.resolve()
      await ended
    },
  }
}

import type { Logger } from 'pino'
import type { Alerts } from '../alerts/alerts.ts'
import type { Database } from '../db/client.ts'
import { LogHalted, type TransparencyLog } from '../tlog/log.ts'
import { instanceName } from './instance.ts'
import { type Lease, takeLease } from './lease.ts'

/** Seals the log each second, on one replica at a time. */
export interface Sealer {
  start(): void
  /** Resolves once the last round has ended. */
  stop(): Promise<void>
}

export interface SealerDeps {
  database: Database
  log: TransparencyLog
  alerts: Pick<Alerts, 'raise'>
  logger: Logger
  elapsed_ms: () => number
}

const round_ms = 1_000
/** Receipts promise that a draw is in the log within a minute. */
const late_ms = 60_000

export function createSealer({ database, log, alerts, logger, elapsed_ms }: SealerDeps): Sealer {
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
  const round = async () => {
    if (lease && !lease.isHeld()) lease = undefined
    lease ??= await takeLease(database, 'seal-log', instance, logger)
    try {
      // Another replica seals. A backup that was restored holds the lease of a replica that may be gone.
      if (lease) await log.seal()
      else await log.check()
      sealedAt = elapsed_ms()
      told = undefined
    } catch (error) {
      if (error instanceof LogHalted) tell('halted', error)
      else if (lease && elapsed_ms() - sealedAt > late_ms) tell('late', error)
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

import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { keptIn, logKeyOf, secretOf } from '../config/development-secret.ts'
import type { DatabaseAddress } from '../db/address.ts'
import { isDatabaseAway } from '../db/errors.ts'
import { migrate } from '../db/migrate.ts'
import { migrations } from '../db/migrations.ts'
import { startPrivateServer } from '../db/private-server.ts'
import { makeSeedChain } from '../fairness/chain.ts'
import { day_ms } from '../lib/calendar.ts'
import { createLogger, logFormat } from '../lib/logger.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { type StopStep, stopInOrder } from '../lib/stop-in-order.ts'
import { systemTime, type Time } from '../lib/time.ts'
import { createServices, type Services } from './services.ts'

const devChain_days = 3_650

/** The services, on a database that is reachable and migrated. */
export interface OpenServices {
  services: Services
  /** What ends all of it, in order. */
  closing: readonly StopStep[]
  /** Ends it within `SHUTDOWN_MS`. */
  close(): Promise<void>
}

/**
 * Opens the configured database, or starts the private one, migrates it and builds the services.
 * @throws {OperatorError} when the database or the data directory can't be used.
 */
export async function openServices(
  config: Config,
  print: (line: string) => void,
  { progress = unwatched, ...time }: Partial<Time> & { progress?: Progress } = {},
): Promise<OpenServices> {
  try {
    return await install(config, print, { ...systemTime, ...time, progress })
  } catch (error) {
    throw asOperatorError(config, error) ?? error
  }
}

async function install(
  config: Config,
  print: (line: string) => void,
  { progress, ...time }: Time & { progress: Progress },
): Promise<OpenServices> {
  const { address, stop } = await databaseOf(config, print)
  const logger = createLogger({ level: config.LOG_LEVEL, format: logFormat(config) })
  const secrets = { secret: secretOf(config), logKey: logKeyOf(config), drawSeed: drawSeedOf(config) }
  const services = createServices({ config, address, ...secrets, logger, print, ...time })
  const closing = [
    ...services.closing,
    { name: 'private database', run: stop },
    { name: 'log', run: async () => logger.flush() },
  ]
  const close = async () => void (await stopInOrder(closing, config.SHUTDOWN_MS))
  try {
    await migrate(services.database, migrations, progress)
    await services.ready()
  } catch (error) {
    await close()
    throw error
  }
  return { services, closing, close }
}

/** The configured chain of seeds. In development one of ten years is made. */
function drawSeedOf(config: Config): string | undefined {
  if (config.DRAW_SEED !== undefined || config.NODE_ENV !== 'development') return config.DRAW_SEED
  return keptIn(config, 'draw-seed', () => makeSeedChain(Math.floor(Date.now() / day_ms) + devChain_days))
}

async function databaseOf(
  config: Config,
  print: (line: string) => void,
): Promise<{ address: DatabaseAddress; stop: () => Promise<void> }> {
  if (config.DATABASE_URL) return { address: { uri: config.DATABASE_URL }, stop: async () => {} }
  return startPrivateServer(resolve(config.DATA_DIR), { database: 'restaurant_points', tell: print })
}

/** The error in one line, if the operator can mend it; else undefined. */
function asOperatorError(config: Config, error: unknown): OperatorError | undefined {
  const { code, path } = error as { code?: string; path?: string }
  if (typeof path === 'string' && resolve(path).startsWith(resolve(config.DATA_DIR)))
    return new OperatorError(`DATA_DIR can't be used (${code} at ${path}).`)
  return isDatabaseAway(error) ? new OperatorError(unusable(config, error)) : undefined
}

const refusesUs = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR', 'ER_BAD_DB_ERROR'])

function unusable(config: Config, error: unknown): string {
  const { host } = new URL(config.DATABASE_URL ?? 'mysql://private')
  let cause = error
  while (cause instanceof Error && cause.cause) cause = cause.cause
  const { code = '', message } = cause as { code?: string; message?: string }
  const isUntrusted = code.startsWith('HANDSHAKE_')
  const what = refusesUs.has(code) ? 'refuses us' : isUntrusted ? 'fails the TLS asked of it' : "can't be reached"
  return `The database at ${host} ${what} (${isUntrusted ? message : code || message}). Check DATABASE_URL.`
}

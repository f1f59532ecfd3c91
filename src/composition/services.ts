import type { Logger } from 'pino'
import { createAccess } from '../accounts/access.ts'
import { openAccounts } from '../accounts/open-accounts.ts'
import { createTokens } from '../accounts/tokens.ts'
import { alertsIn } from '../alerts/alert.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { Config } from '../config/config.ts'
import type { Push } from '../contract/messages.ts'
import type { DatabaseAddress } from '../db/address.ts'
import { type Database, openDatabase } from '../db/client.ts'
import { createCatalogue } from '../exchange/catalogue.ts'
import { seedChainOf } from '../fairness/chain.ts'
import { createAddressId } from '../http/address.ts'
import { createMetrics, type Metrics } from '../http/metrics.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createSealer } from '../jobs/sealer.ts'
import { cached } from '../lib/cached.ts'
import { createCalendar } from '../lib/calendar.ts'
import type { StopStep } from '../lib/stop-in-order.ts'
import { systemTime } from '../lib/time.ts'
import type { Fairness } from '../lottery/take-draw.ts'
import { readWheel } from '../lottery/wheel-mapping.ts'
import { createPastDays } from '../merchant/statistics/past-days.ts'
import { createPastWheels } from '../merchant/wheel/past-wheels.ts'
import type { Realtime } from '../realtime/realtime.ts'
import type { Relay } from '../realtime/relay.ts'
import { openReceipts } from '../receipts/open-receipts.ts'
import { createImageLinks } from '../storage/image-links.ts'
import { openStore } from '../storage/open-store.ts'
import type { Store } from '../storage/store.ts'
import { createTill, type Till } from '../till/till.ts'
import { signerOf } from '../tlog/format/notes.ts'
import { createLog, type TransparencyLog } from '../tlog/log.ts'
import { createMemberCodes } from '../wallet/member-codes.ts'
import { type BusinessCounts, createBusinessCounts } from './business-counts.ts'
import { createLimits } from './limits.ts'
import { createLive } from './live.ts'
import { countedAlerts, databaseCheckOf, healthOf, readerReport, watchFigures, watchOver } from './observation.ts'
import { openDialects } from './open-dialects.ts'
import { systemOf } from './system.ts'

export type Services = ReturnType<typeof createServices>

export interface ServicesOptions {
  config: Config
  address: DatabaseAddress
  /** Signs tokens and keys digests; at least 32 characters. */
  secret: string
  /** Signs for the log; without it nothing is sealed. */
  logKey: string | undefined
  /** The seeds of draws; without them, or without a key for the log, draws can't be proven. */
  drawSeed: string | undefined
  logger: Logger
  /** Prints to the person at the terminal. */
  print: (line: string) => void
  now: () => Date
  /** The steady clock. */
  elapsed_ms?: () => number
}

const wheelMaxAge_ms = 1_000
const relayStart_ms = 1_000
const alertsFarewell_ms = 3_000
/** Connections for transactions beyond one for each lane: for finding out what became of a lost COMMIT. */
const spareTransactions = 2

/** Builds everything long-lived, by hand and in order. `closing` ends it. */
export function createServices(options: ServicesOptions) {
  const { config, address, secret, logKey, drawSeed, logger, print, now, elapsed_ms = systemTime.elapsed_ms } = options
  const time = { now, elapsed_ms }
  const metrics = createMetrics()
  const counts = createBusinessCounts(metrics)
  const calendar = createCalendar(config.BUSINESS_TIMEZONE)
  const transactions = Math.min(config.TILL_LANES + spareTransactions, config.DATABASE_POOL / 2)
  const database = openDatabase({ address, poolSize: config.DATABASE_POOL, transactions: Math.floor(transactions) })
  const alerts = countedAlerts(config, database, logger, metrics)
  const tokens = createTokens({ secret, previousSecret: config.JWT_SECRET_PREVIOUS, now })
  const catalogue = createCatalogue(database)
  const dialects = openDialects(config, { database, calendar, metrics, now, elapsed_ms, caches: { catalogue } })
  const live = createLive({
    config,
    secret,
    database,
    access: createAccess(database, tokens, { now, elapsed_ms }),
    caches: { catalogue, wheel: cached(() => readWheel(database), wheelMaxAge_ms) },
    ...{ metrics, logger, now, elapsed_ms, format: dialects?.socketFormat },
  })
  const { access, realtime, relay } = live
  const till = tillOf(config, { database, now, live, counts, alerts, metrics })
  const limits = createLimits(config, alerts, relay.redis)
  const store = openStore(config)
  const log = logKey === undefined ? undefined : createLog({ database, till, store, signer: signerOf(logKey) })
  const fairness = fairnessOf(config, log, drawSeed)
  const imageLinks = createImageLinks(secret, config.JWT_SECRET_PREVIOUS, now)
  const memberCodes = createMemberCodes(secret, config.JWT_SECRET_PREVIOUS, now)
  const onEnd = readerReport(metrics, alerts)
  const receipts = openReceipts(config, { database, till, store, calendar, now, logger, onEnd })
  const jobs = createJobs({ config, database, till, store, calendar, log, fairness, metrics, alerts, logger, ...time })
  const sealer = log && createSealer({ database, log, alerts, logger, elapsed_ms })
  const accounts = openAccounts(config, { database, till, tokens, access, secret, limits, logger, print, ...time })
  const databaseCheck = databaseCheckOf(database, till)
  const databaseWatch = watchOver(databaseCheck, alerts)
  const poolSize = config.DATABASE_POOL
  const health = healthOf({ databaseCheck, store, jobs, relay })
  const system = systemOf({ config, health, jobs, till, database, receipts, realtime })
  watchFigures(metrics, { till, database, poolSize, photosWaiting: receipts.photosWaiting, watch: databaseWatch })

  return {
    config,
    logger,
    metrics,
    alerts,
    databaseWatch,
    dialects,
    calendar,
    database,
    caches: { ...live.caches, pastDays: createPastDays(), pastWheels: createPastWheels() },
    till,
    realtime,
    jobs,
    sealer,
    limits,
    receipts,
    store,
    log,
    fairness,
    imageLinks,
    memberCodes,
    access,
    accounts,
    addressId: createAddressId(secret),
    ...time,
    rules: rulesOf(config),
    ...{ system, health, lifecycle: system.lifecycle },
    /** Resolves when Redis is reached, or is given up for now. */
    ready: () => relay.settled(relayStart_ms),
    /** What ends everything built here, in order. */
    closing: closingOf({ receipts, till, realtime, relay, alerts, store, database }),
  }
}

/** In production a new chain is in the log for a full day before it draws. */
function fairnessOf(
  config: Config,
  log: TransparencyLog | undefined,
  drawSeed: string | undefined,
): Fairness | undefined {
  if (!log || drawSeed === undefined) return undefined
  const previous = config.DRAW_SEED_PREVIOUS === undefined ? undefined : seedChainOf(config.DRAW_SEED_PREVIOUS)
  return { log, chain: seedChainOf(drawSeed), previous, chainWaits_days: config.NODE_ENV === 'production' ? 2 : 0 }
}

interface Closing {
  receipts: { close(): Promise<void> }
  till: Pick<Till<Push>, 'close' | 'waiting'>
  realtime: Pick<Realtime, 'close' | 'sockets'>
  relay: Pick<Relay, 'close'>
  alerts: Alerts
  store: Pick<Store, 'close'>
  database: Pick<Database, 'close'>
}

/** Receipts end first, because they still write by the till. The till still pushes to sockets. The database ends last. */
function closingOf({ receipts, till, realtime, relay, alerts, store, database }: Closing): StopStep[] {
  return [
    { name: 'receipts', run: receipts.close },
    { name: 'till', run: till.close, left: () => `${till.waiting()} waiting` },
    { name: 'sockets', run: realtime.close, left: () => `${realtime.sockets()} open` },
    { name: 'relay', run: relay.close },
    { name: 'alerts', run: () => alerts.close(alertsFarewell_ms) },
    { name: 'store', run: async () => store.close() },
    { name: 'database', run: database.close },
  ]
}

interface TillParts {
  database: Database
  now: () => Date
  live: Pick<Realtime, 'publish'>
  counts: BusinessCounts
  alerts: Alerts
  metrics: Metrics
}

function tillOf(config: Config, { database, now, live, counts, alerts, metrics }: TillParts): Till<Push> {
  return createTill<Push>({
    database,
    lanes: config.TILL_LANES,
    batchSize: config.TILL_BATCH,
    queueLimit: config.TILL_QUEUE,
    now,
    publish(pushes) {
      counts.announced(pushes)
      live.publish(pushes)
    },
    committed(operation, answer) {
      counts.committed(operation, answer)
      for (const alert of alertsIn(answer)) alerts.raise(alert)
    },
    onFull: () => alerts.raise({ event: 'queue_full', queue: 'till' }),
    report: metrics.batch,
  })
}

/** The rules that the settings decide. */
function rulesOf(config: Config) {
  const { VOUCHER_TTL_DAYS: voucherTtl_days } = config
  const limits = { dailyLimit: config.DAILY_LOTTERY_LIMIT, pityLimit: config.LOTTERY_PITY_LIMIT }
  return {
    draw: { voucherTtl_days, staffDraws: config.STAFF_DRAWS },
    wheel: { limits, change: config.WHEEL_CHANGE, mostPoints: config.PRIZE_MAX_POINTS },
    exchange: { voucherTtl_days, mostPending: config.PENDING_ORDERS, holdsBonus: config.BONUS_HOLD },
    review: { maxMultiple: config.REVIEW_MAX_MULTIPLE },
    checkIn: { points: config.CHECK_IN_POINTS },
    gifts: {
      budgets: {
        staff_points: config.STAFF_DAILY_POINTS,
        review_points: config.REVIEW_DAILY_POINTS,
        diner_points: config.DINER_DAILY_POINTS,
      },
      mostAlone_points: config.APPROVAL_OVER,
      mostUnread_points: config.APPROVAL_OVER_UNREAD,
    },
  }
}

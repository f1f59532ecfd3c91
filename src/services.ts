import type { Logger } from 'pino'
import { createAccess } from './accounts/access.ts'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { consoleSms, webhookSms } from './accounts/sms.ts'
import { codeLife_s } from './accounts/sms-code.ts'
import { createTokens } from './accounts/tokens.ts'
import { cached } from './cached.ts'
import { createCalendar } from './calendar.ts'
import type { Config } from './config.ts'
import type { Push } from './contract/messages.ts'
import { type Database, type DatabaseAddress, openDatabase } from './db/client.ts'
import { createCatalogue } from './exchange/catalogue.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import type { Health } from './http/operator-routes.ts'
import { createRateLimit, type SharedCounts } from './http/rate-limits.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import { createLive } from './live.ts'
import type { Draw } from './lottery/draw.ts'
import { readWheel } from './lottery/wheel-shelf.ts'
import { createPastDays } from './merchant/past-days.ts'
import type { Relay } from './realtime/relay.ts'
import { openReceipts } from './receipts/open-receipts.ts'
import { createImageLinks } from './storage/image-links.ts'
import { openStore } from './storage/open-store.ts'
import type { Store } from './storage/store.ts'
import { createTill, type Till } from './till/till.ts'
import { version } from './version.ts'
import { within } from './within.ts'

export type Services = ReturnType<typeof createServices>

export interface ServicesOptions {
  config: Config
  address: DatabaseAddress
  /** Signs tokens and keys digests; at least 32 characters. */
  secret: string
  logger: Logger
  /** Prints to the person at the terminal. */
  print: (line: string) => void
  now: () => Date
}

const wheelMaxAge_ms = 1_000
const healthTimeout_ms = 2_000
const relayStart_ms = 1_000
const storageCheckAge_ms = 5_000

/** Builds the long-lived things by hand, in order; `close` disposes them in reverse. */
export function createServices(options: ServicesOptions) {
  const { config, address, secret, logger, print, now } = options
  const metrics = createMetrics()
  const calendar = createCalendar(config.BUSINESS_TIMEZONE)
  const database = openDatabase({ address, poolSize: config.DATABASE_POOL })
  const tokens = createTokens({ secret, previousSecret: config.JWT_SECRET_PREVIOUS, now })
  const live = createLive({
    config,
    secret,
    database,
    access: createAccess(database, tokens, now),
    caches: { catalogue: createCatalogue(database), wheel: cached(() => readWheel(database), wheelMaxAge_ms) },
    metrics,
    logger,
    now,
  })
  const { access, realtime, relay } = live
  const till = createTill<Push>({
    database,
    lanes: config.TILL_LANES,
    batchSize: config.TILL_BATCH,
    queueLimit: config.TILL_QUEUE,
    now,
    publish: live.publish,
    report: metrics.batch,
  })
  const limits = createLimits(config, relay.redis)
  const store = openStore(config)
  const imageLinks = createImageLinks(secret, now)
  const receipts = openReceipts(config, { database, till, store, calendar, now, logger })
  const jobs = createJobs({ config, database, till, store, metrics, logger, now })
  const accounts = accountsOf(
    config,
    { database, till, tokens, access, secret, loginLimit: limits.login },
    logger,
    print,
  )
  watchQueues(metrics, till, database)

  return {
    config,
    logger,
    metrics,
    calendar,
    database,
    ...live.caches,
    till,
    realtime,
    jobs,
    limits,
    drawLimit: limits.draw,
    uploadLimit: limits.upload,
    avatarLimit: limits.avatar,
    ...receipts,
    voucherMisses: limits.voucherMiss,
    store,
    imageLinks,
    pastDays: createPastDays(),
    reviewMaxMultiple: config.REVIEW_MAX_MULTIPLE,
    access,
    accounts,
    now,
    checkInPoints: config.CHECK_IN_POINTS,
    voucherTtlDays: config.VOUCHER_TTL_DAYS,
    rules: drawRules(config),
    health: healthOf({ database, store, jobs, relay }),
    /** Resolves when what the service leans on was reached, or given up for now. */
    ready: () => relay.settled(relayStart_ms),
    async close() {
      await receipts.close()
      await till.close()
      await relay.close()
      store.close()
      await database.close()
    },
  }
}

function drawRules(config: Config): Draw['rules'] {
  return {
    dailyLimit: config.DAILY_LOTTERY_LIMIT,
    pityLimit: config.LOTTERY_PITY_LIMIT,
    voucherTtlDays: config.VOUCHER_TTL_DAYS,
  }
}

function watchQueues(metrics: Metrics, till: Till<Push>, database: Database): void {
  metrics.watch({
    till_waiting: { help: 'Operations waiting for a batch', read: till.waiting },
    db_connections: { help: 'Connections open', read: () => database.usage().total },
    db_connections_idle: { help: 'Connections idle', read: () => database.usage().idle },
    db_waiting: { help: 'Callers waiting for a connection', read: () => database.usage().waiting },
  })
}

function createLimits(config: Config, shared: SharedCounts | undefined) {
  const limit = (name: string, points: number) => createRateLimit(name, points, 60, config.RATE_LIMIT, shared)
  return {
    address: limit('address', config.RATE_LIMIT_ADDRESS),
    login: limit('login', config.RATE_LIMIT_LOGIN),
    draw: limit('draw', config.RATE_LIMIT_DRAW),
    upload: limit('upload', config.RATE_LIMIT_UPLOAD),
    avatar: limit('avatar', config.RATE_LIMIT_UPLOAD),
    voucherMiss: limit('voucher-miss', config.RATE_LIMIT_VOUCHER_MISS),
  }
}

type AccountsParts = Pick<
  Parameters<typeof createAccounts>[0],
  'database' | 'till' | 'tokens' | 'access' | 'secret' | 'loginLimit'
>

function accountsOf(config: Config, parts: AccountsParts, logger: Logger, print: (line: string) => void): Accounts {
  const viaConsole = config.SMS_PROVIDER === 'console'
  const webhook = { url: config.SMS_WEBHOOK_URL ?? '', expires_in: codeLife_s, logger }
  const sendLimits = {
    perMinute: config.SEND_CODE_PER_MINUTE,
    perHour: config.SEND_CODE_PER_HOUR,
    perDay: config.SEND_CODE_PER_DAY,
  }
  return createAccounts({
    ...parts,
    sms: viaConsole ? consoleSms(print) : webhookSms(webhook),
    devCode: viaConsole && config.NODE_ENV !== 'production' ? config.SMS_DEV_CODE : undefined,
    sendLimits: config.RATE_LIMIT ? sendLimits : null,
  })
}

function healthOf(parts: { database: Database; store: Store; jobs: Jobs; relay: Relay }): Health {
  const { database, store, jobs, relay } = parts
  const look = async (query: Promise<unknown>) => {
    const answered = query.then(
      () => 'ok' as const,
      () => 'away' as const,
    )
    return within(answered, healthTimeout_ms, 'away' as const)
  }
  const storage = cached(() => look(store.check()), storageCheckAge_ms)
  // Without Redis the sockets of this process are all there is to look at.
  const realtime = async () => (relay.state === 'off' ? ('ok' as const) : relay.state)
  return {
    version,
    startedAt: new Date(),
    checks: { database: () => look(database.query('SELECT 1')), storage: storage.get, jobs: jobs.look, realtime },
  }
}

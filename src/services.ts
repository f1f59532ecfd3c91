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
import { createMetrics } from './http/metrics.ts'
import type { Health } from './http/operator-routes.ts'
import { createRateLimit } from './http/rate-limits.ts'
import { readWheel } from './lottery/wheel-shelf.ts'
import { openReceipts } from './receipts/open-receipts.ts'
import { createImageLinks } from './storage/image-links.ts'
import { openStore } from './storage/open-store.ts'
import type { Store } from './storage/store.ts'
import { createTill } from './till/till.ts'
import { version } from './version.ts'

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
const storageCheckAge_ms = 5_000

/** Builds the long-lived things by hand, in order; `close` disposes them in reverse. */
export function createServices(options: ServicesOptions) {
  const { config, address, secret, logger, print, now } = options
  const metrics = createMetrics()
  const calendar = createCalendar(config.BUSINESS_TIMEZONE)
  const database = openDatabase({ address, poolSize: config.DATABASE_POOL })
  const catalogue = createCatalogue(database)
  const wheel = cached(() => readWheel(database), wheelMaxAge_ms)
  const hub = (pushes: readonly Push[]) => {
    if (pushes.some(({ type }) => type === 'stock_update')) catalogue.invalidate()
  }
  const till = createTill<Push>({
    database,
    lanes: config.TILL_LANES,
    batchSize: config.TILL_BATCH,
    queueLimit: config.TILL_QUEUE,
    now,
    publish: hub,
    report: metrics.batch,
  })
  const limits = createLimits(config)
  const store = openStore(config)
  const imageLinks = createImageLinks(secret, now)
  const receipts = openReceipts(config, { database, till, store, calendar, now, logger })
  const tokens = createTokens({ secret, previousSecret: config.JWT_SECRET_PREVIOUS, now })
  const access = createAccess(database, tokens, now)
  const accounts = accountsOf(
    config,
    { database, till, tokens, access, secret, loginLimit: limits.login },
    logger,
    print,
  )
  metrics.watch({
    till_waiting: { help: 'Operations waiting for a batch', read: till.waiting },
    db_connections: { help: 'Connections open', read: () => database.usage().total },
    db_connections_idle: { help: 'Connections idle', read: () => database.usage().idle },
    db_waiting: { help: 'Callers waiting for a connection', read: () => database.usage().waiting },
  })

  return {
    config,
    logger,
    metrics,
    calendar,
    database,
    catalogue,
    wheel,
    till,
    limits,
    drawLimit: limits.draw,
    uploadLimit: limits.upload,
    avatarLimit: limits.avatar,
    ...receipts,
    voucherMisses: limits.voucherMiss,
    store,
    imageLinks,
    reviewMaxMultiple: config.REVIEW_MAX_MULTIPLE,
    access,
    accounts,
    now,
    checkInPoints: config.CHECK_IN_POINTS,
    voucherTtlDays: config.VOUCHER_TTL_DAYS,
    rules: {
      dailyLimit: config.DAILY_LOTTERY_LIMIT,
      pityLimit: config.LOTTERY_PITY_LIMIT,
      voucherTtlDays: config.VOUCHER_TTL_DAYS,
    },
    health: healthOf(database, store),
    async close() {
      receipts.close()
      await till.close()
      store.close()
      await database.close()
    },
  }
}

function createLimits(config: Config) {
  const limit = (name: string, points: number) => createRateLimit(name, points, 60, config.RATE_LIMIT)
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

function healthOf(database: Database, store: Store): Health {
  const look = async (query: Promise<unknown>) => {
    const answer = await Promise.race([
      query.then(
        () => true,
        () => false,
      ),
      Bun.sleep(healthTimeout_ms),
    ])
    return answer === true ? ('ok' as const) : ('away' as const)
  }
  const storage = cached(() => look(store.check()), storageCheckAge_ms)
  const off = async () => 'off' as const
  return {
    version,
    startedAt: new Date(),
    checks: { database: () => look(database.query('SELECT 1')), storage: storage.get, jobs: off, realtime: off },
  }
}

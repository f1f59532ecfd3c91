import { z } from 'zod'
import { addressFault } from '../db/address.ts'
import { isSignerKey } from '../tlog/format/notes.ts'
import { isWellKnown, passwordIn, redactedValue, seedChainPattern, weaknessOf, withFiles } from './secret-settings.ts'
import {
  baseUrl,
  httpUrl,
  integer,
  isOrigin,
  list,
  listenHost,
  onOff,
  plainUrl,
  timeZone,
  urls,
  wholeNumber,
} from './values.ts'

/** All faults of the environment at once. The message is for the operator's terminal. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: string[]
  constructor(faults: string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

const shutdown_ms = 10_000

const seedChain = z.string().regex(seedChainPattern, 'is no chain; make one with the command: seeds make')

const ConfigShape = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: listenHost.optional(),
  PORT: integer(3000, 0, 65_535),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z
    .url({ protocol: /^(mysql|mariadb)$/, error: 'must look like mysql://user:pass@host:3306/db', abort: true })
    .refine((url) => new URL(url).pathname.length > 1, 'must name a database')
    .superRefine((url, context) => {
      const message = addressFault(url)
      if (message) context.addIssue({ code: 'custom', message })
    })
    .optional(),
  DATABASE_POOL: integer(20, 4, 500),
  REDIS_URL: z
    .url({ protocol: /^(redis|rediss|valkey|redis\+unix)$/, error: 'must look like redis://host:6379' })
    .optional(),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  JWT_SECRET_PREVIOUS: z.string().min(32, 'must have at least 32 characters').optional(),
  LOG_KEY: z.string().refine(isSignerKey, 'is no key; make one with the command: log key').optional(),
  LOG_WITNESSES: urls.default([]),
  DRAW_SEED: seedChain.optional(),
  DRAW_SEED_PREVIOUS: seedChain.optional(),
  SMS_PROVIDER: z.enum(['console', 'webhook', 'tencent']).default('console'),
  SMS_WEBHOOK_URL: httpUrl.optional(),
  SMS_SECRET_ID: z.string().optional(),
  SMS_SECRET_KEY: z.string().optional(),
  SMS_APP_ID: z.string().optional(),
  SMS_SIGN_NAME: z.string().optional(),
  SMS_TEMPLATE_ID: z.string().optional(),
  SMS_TEMPLATE_PARAMS: list.pipe(z.array(z.enum(['code', 'minutes']))).default(['code', 'minutes']),
  SMS_REGION: z.string().default('ap-guangzhou'),
  SMS_ENDPOINT: baseUrl.default('https://sms.tencentcloudapi.com'),
  SMS_DEV_CODE: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits')
    .default('123456'),
  WECHAT_APPID: z.string().optional(),
  WECHAT_SECRET: z.string().optional(),
  WECHAT_API: baseUrl.default('https://api.weixin.qq.com'),
  S3_ENDPOINT: plainUrl.optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  LOTTERY_COST_POINTS: integer(100, 0, 1_000_000),
  DAILY_LOTTERY_LIMIT: integer(10, 0, 1_000_000),
  LOTTERY_PITY_LIMIT: integer(10, 1, 10_000),
  WHEEL_CHANGE: z.enum(['next_day', 'now']).default('next_day'),
  PRIZE_MAX_POINTS: integer(10_000, 1, 1_000_000),
  STAFF_DRAWS: z.enum(['on', 'off']).optional(),
  CHECK_IN_POINTS: integer(50, 0, 100_000),
  UPLOAD_AMOUNT: z.enum(['required', 'optional']).default('required'),
  DAILY_UPLOAD_LIMIT: integer(20, 1, 10_000),
  REVIEW_MAX_MULTIPLE: integer(2, 1, 1_000),
  MERCHANT_NAMES: list.default([]),
  STAFF_DAILY_POINTS: integer(5_000, 0, 100_000_000),
  REVIEW_DAILY_POINTS: integer(1_000_000, 0, 100_000_000),
  DINER_DAILY_POINTS: integer(100_000, 0, 100_000_000),
  APPROVAL_OVER: integer(2_000, 0, 100_000_000),
  APPROVAL_OVER_UNREAD: integer(10_000, 0, 100_000_000),
  OCR: onOff(true),
  OCR_WAIT_MS: integer(2_500, 0, 60_000),
  PENDING_ORDERS: integer(5, 0, 1_000_000),
  BONUS_HOLD: onOff(false),
  VOUCHER_TTL_DAYS: integer(30, 1, 3_650),
  REVIEW_TTL_DAYS: integer(7, 1, 3_650),
  JOBS: onOff(true),
  RATE_LIMIT: onOff(true),
  RATE_LIMIT_ADDRESS: integer(600, 1, 1_000_000),
  RATE_LIMIT_LOGIN: integer(10, 1, 1_000_000),
  RATE_LIMIT_WECHAT_MISS: integer(120, 1, 1_000_000),
  RATE_LIMIT_WRITE: integer(240, 1, 1_000_000),
  RATE_LIMIT_DRAW: integer(60, 1, 1_000_000),
  RATE_LIMIT_UPLOAD: integer(10, 1, 1_000_000),
  RATE_LIMIT_VOUCHER_MISS: integer(10, 1, 1_000_000),
  SEND_CODE_PER_MINUTE: integer(1, 1, 1_000),
  SEND_CODE_PER_HOUR: integer(5, 1, 1_000),
  SEND_CODE_PER_DAY: integer(10, 1, 1_000),
  SEND_CODE_PER_ADDRESS: integer(200, 1, 1_000_000),
  SEND_CODE_PER_ADDRESS_HOUR: integer(300, 1, 1_000_000),
  SEND_CODE_PER_ADDRESS_DAY: integer(1_000, 1, 1_000_000),
  WRONG_CODES_PER_ADDRESS: integer(100, 1, 1_000_000),
  SMS_PER_HOUR: integer(1_000, 1, 10_000_000),
  SMS_PER_DAY: integer(5_000, 1, 10_000_000),
  TRUST_PROXY: integer(0, 0, 10),
  PUBLIC_URL: baseUrl.optional(),
  DIALECTS: onOff(true),
  AUTH_FAILURE_CODE: integer(401, 1, 9_999),
  BUSINESS_TIMEZONE: timeZone.default('Asia/Shanghai'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto'),
  SLOW_REQUEST_MS: integer(5_000, 1, 600_000),
  ALERT_WEBHOOK: httpUrl.optional(),
  ALERT_FORMAT: z.enum(['auto', 'dingtalk', 'wecom', 'json']).default('auto'),
  ALERT_SECRET: z.string().optional(),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  CORS_ORIGINS: list
    .refine((all) => all.every(isOrigin), 'must be origins, as in https://console.example.com')
    .default([]),
  SHUTDOWN_MS: integer(shutdown_ms, 100, 600_000),
  SHUTDOWN_GRACE_MS: wholeNumber(0, 300_000).optional(),
  TILL_LANES: integer(2, 1, 16),
  TILL_BATCH: integer(256, 1, 4_096),
  TILL_QUEUE: integer(4_096, 1, 1_000_000),
})

/** In development a known code signs anyone in, so other machines come in only when HOST lets them. */
const Settings = ConfigShape.transform((given) => ({
  ...given,
  HOST: given.HOST ?? (given.NODE_ENV === 'development' ? '127.0.0.1' : '0.0.0.0'),
  STAFF_DRAWS: given.STAFF_DRAWS === undefined ? given.NODE_ENV !== 'production' : given.STAFF_DRAWS === 'on',
}))

/** The service's settings by their environment names, parsed and frozen. */
export type Config = Readonly<z.output<typeof Settings>>

/**
 * Reads the settings from `env`; a secret may also be in a file that `<NAME>_FILE` names. An empty string counts as
 * unset.
 * @throws {ConfigError} with every setting that is missing, bad or (in production) unsafe, but with no setting's value.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const { settings, faults } = withFiles(env, configNames)
  const parsed = Settings.safeParse(settings)
  const malformed = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  // If the file of a secret has a fault, we don't also report the secret as missing.
  const unread = new Set(faults.map((fault) => fault.split('_FILE:')[0]))
  const others = [...malformed, ...conflicts(settings)].filter((fault) => !unread.has(fault.split(':')[0]))
  if (!parsed.success || faults.length + others.length > 0) throw new ConfigError([...faults, ...others])
  return Object.freeze(parsed.data)
}

/** Every name the program reads, for `.env.example` and its test. */
export const configNames: readonly string[] = Object.keys(ConfigShape.shape)

/** The settings in a form that may be printed, without secrets and credentials. */
export function redacted(config: Config): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, redactedValue(name, value)]))
}

/** Checks rules that concern several settings. It reads the raw values, so that malformed settings hide no conflict. */
function conflicts(env: Record<string, string | undefined>): string[] {
  const faults: string[] = []
  const needs = (broken: boolean, fault: string) => broken && faults.push(fault)
  needs(
    env.SMS_PROVIDER === 'webhook' && !env.SMS_WEBHOOK_URL,
    'SMS_WEBHOOK_URL: is needed when SMS_PROVIDER is webhook',
  )
  const tencent = ['SMS_SECRET_ID', 'SMS_SECRET_KEY', 'SMS_APP_ID', 'SMS_SIGN_NAME', 'SMS_TEMPLATE_ID']
  for (const name of env.SMS_PROVIDER === 'tencent' ? tencent : [])
    needs(!env[name], `${name}: is needed when SMS_PROVIDER is tencent`)
  needs(Boolean(env.WECHAT_APPID) && !env.WECHAT_SECRET, 'WECHAT_SECRET: is needed when WECHAT_APPID is given')
  needs(Boolean(env.WECHAT_SECRET) && !env.WECHAT_APPID, 'WECHAT_APPID: is needed when WECHAT_SECRET is given')
  const bucket = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']
  const missing = bucket.filter((name) => !env[name])
  const isHalf = missing.length > 0 && missing.length < bucket.length
  for (const name of isHalf ? missing : []) faults.push(`${name}: is needed when another S3_ setting is given`)
  const [grace, most] = [Number(env.SHUTDOWN_GRACE_MS ?? 0), Number(env.SHUTDOWN_MS ?? shutdown_ms)]
  needs(grace > most / 2, 'SHUTDOWN_GRACE_MS: must be at most half of SHUTDOWN_MS, which bounds the whole stop')
  return env.NODE_ENV === 'production' ? [...faults, ...unsafe(env)] : faults
}

/** The faults with which the service does not start in production. */
function unsafe(env: Record<string, string | undefined>): string[] {
  const faults: string[] = []
  const needs = (broken: boolean, fault: string) => broken && faults.push(fault)
  needs(!env.DATABASE_URL, 'DATABASE_URL: is needed in production; the private database is for development')
  needs(!env.JWT_SECRET, 'JWT_SECRET: is needed in production; a generated secret is for development')
  for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'METRICS_TOKEN']) {
    const weakness = env[name] && weaknessOf(env[name])
    if (weakness) faults.push(`${name}: ${weakness}; make one with: openssl rand -base64 48`)
  }
  // On a unix socket the server knows which account connects, so a password is not needed.
  const isNamed =
    URL.canParse(env.DATABASE_URL ?? '') && !new URL(env.DATABASE_URL ?? '').searchParams.has('socketPath')
  needs(isNamed && passwordIn('DATABASE_URL', env.DATABASE_URL) === '', 'DATABASE_URL: has no password')
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'S3_SECRET_KEY']) {
    needs(isWellKnown(passwordIn(name, env[name])), `${name}: has a password that attackers try first`)
  }
  needs(env.WHEEL_CHANGE === 'now', 'WHEEL_CHANGE: now is for development; diners are to see the odds a day before')
  needs(
    (env.SMS_PROVIDER ?? 'console') === 'console',
    'SMS_PROVIDER: console prints codes and accepts SMS_DEV_CODE; production needs webhook or tencent',
  )
  return faults
}

import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, configNames, loadConfig, redacted } from '../../src/config/config.ts'
import { secretNames, weaknessOf } from '../../src/config/secret-settings.ts'
import { warningsOf } from '../../src/config/warnings.ts'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { makeSignerKey } from '../../src/tlog/format/notes.ts'

const strong = 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA'
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'mysql://app:hunter2@db:3306/points',
  JWT_SECRET: strong,
  SMS_PROVIDER: 'webhook',
  SMS_WEBHOOK_URL: 'https://sms.example.com/send',
}

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [`not a ConfigError: ${error}`]
  }
}

test('the defaults apply without any setting', () => {
  const config = loadConfig({})
  expect([config.PORT, config.LOTTERY_COST_POINTS, config.DAILY_LOTTERY_LIMIT, config.LOTTERY_PITY_LIMIT]).toEqual([
    3000, 100, 10, 10,
  ])
  const { STAFF_DAILY_POINTS, REVIEW_DAILY_POINTS, DINER_DAILY_POINTS, APPROVAL_OVER, APPROVAL_OVER_UNREAD } = config
  const budgets = [STAFF_DAILY_POINTS, REVIEW_DAILY_POINTS, DINER_DAILY_POINTS]
  expect([...budgets, APPROVAL_OVER, APPROVAL_OVER_UNREAD]).toEqual([5_000, 1_000_000, 100_000, 2_000, 10_000])
  expect(config.BUSINESS_TIMEZONE).toBe('Asia/Shanghai')
  expect(Object.isFrozen(config)).toBe(true)
})

test('in development only this machine is listened to unless HOST says otherwise', () => {
  expect(loadConfig({}).HOST).toBe('127.0.0.1')
  expect(loadConfig({ NODE_ENV: 'test' }).HOST).toBe('0.0.0.0')
  expect(loadConfig(production).HOST).toBe('0.0.0.0')
  expect(loadConfig({ HOST: '0.0.0.0' }).HOST).toBe('0.0.0.0')
})

test('staff draw where nothing is at stake, and in production only when STAFF_DRAWS says so', () => {
  expect([loadConfig({}).STAFF_DRAWS, loadConfig(production).STAFF_DRAWS]).toEqual([true, false])
  expect(loadConfig({ STAFF_DRAWS: 'off' }).STAFF_DRAWS).toBe(false)
  expect(loadConfig({ ...production, STAFF_DRAWS: 'on' }).STAFF_DRAWS).toBe(true)
})

test('a change of the wheel is for tomorrow, and for now in development alone', () => {
  expect([loadConfig({}).WHEEL_CHANGE, loadConfig({}).PRIZE_MAX_POINTS]).toEqual(['next_day', 10_000])
  expect(loadConfig({ WHEEL_CHANGE: 'now' }).WHEEL_CHANGE).toBe('now')
  expect(loadConfig({ ...production, WHEEL_CHANGE: 'next_day' }).WHEEL_CHANGE).toBe('next_day')
  expect(faultsOf({ ...production, WHEEL_CHANGE: 'now' }).map((fault) => fault.split(':')[0])).toEqual(['WHEEL_CHANGE'])
})

test('the start warns where the development code lets other machines in, and where nobody can see the figures', () => {
  const about = (env: Record<string, string>) => warningsOf(loadConfig(env)).map((line) => /^\w+/.exec(line)?.[0])
  for (const HOST of ['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.evil.example'])
    expect(about({ HOST })).toEqual(['HOST'])
  for (const HOST of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) expect(about({ HOST })).toEqual([])
  expect(about({})).toEqual([])
  expect(about(production)).toEqual(['METRICS_TOKEN'])
  expect(about({ ...production, METRICS_TOKEN: strong })).toEqual([])
  expect(warningsOf(loadConfig({ HOST: '::', SMS_DEV_CODE: '654321' })).join()).not.toContain('654321')
})

test('the restaurant’s names are taken as a Chinese keyboard types them, and none are set by default', () => {
  expect(loadConfig({}).MERCHANT_NAMES).toEqual([])
  expect(loadConfig({ MERCHANT_NAMES: ' 川味小馆， 沙县小吃,' }).MERCHANT_NAMES).toEqual(['川味小馆', '沙县小吃'])
})

test('an empty setting counts as unset', () => expect(loadConfig({ PORT: '', JWT_SECRET: '' }).PORT).toBe(3000))

describe('a bad setting prevents the start', () => {
  test.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '３０００'],
    ['DATABASE_URL', 'postgres://x/y'],
    ['DATABASE_URL', 'mysql://host'],
    ['DATABASE_URL', 'nonsense'],
    ['JWT_SECRET', 'short'],
    ['BUSINESS_TIMEZONE', 'Mars/Olympus'],
    ['RATE_LIMIT', 'maybe'],
    ['SMS_PER_DAY', '0'],
    ['STAFF_DAILY_POINTS', '-1'],
    ['REVIEW_DAILY_POINTS', 'many'],
    ['DINER_DAILY_POINTS', '100000001'],
    ['APPROVAL_OVER', '1.5'],
    ['APPROVAL_OVER_UNREAD', '-1'],
    ['WRONG_CODES_PER_ADDRESS', '-1'],
    ['DAILY_LOTTERY_LIMIT', '1.5'],
    ['WHEEL_CHANGE', 'later'],
    ['PRIZE_MAX_POINTS', '0'],
    ['STAFF_DRAWS', 'yes'],
    ['SMS_WEBHOOK_URL', 'ftp://x'],
    ['PUBLIC_URL', 'example.com'],
    ['CORS_ORIGINS', 'https://a.example,nonsense'],
    ['CORS_ORIGINS', 'https://a.example/'],
    ['SHUTDOWN_GRACE_MS', '5001'],
  ])('the setting %s=%s prevents the start', (name, value) => {
    const faults = faultsOf({ [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toStartWith(`${name}:`)
  })

  test.each([
    ['WECHAT_APPID', 'WECHAT_SECRET'],
    ['WECHAT_SECRET', 'WECHAT_APPID'],
  ])('the setting %s without %s prevents the start', (given, missing) => {
    expect(faultsOf({ [given]: 'x' })).toEqual([`${missing}: is needed when ${given} is given`])
  })

  test('Tencent’s SMS without its settings, or with an unknown parameter, prevents the start', () => {
    const names = (faults: string[]) => faults.map((fault) => fault.split(/[.:]/)[0])
    const needed = ['SMS_SECRET_ID', 'SMS_SECRET_KEY', 'SMS_APP_ID', 'SMS_SIGN_NAME', 'SMS_TEMPLATE_ID']
    expect(names(faultsOf({ SMS_PROVIDER: 'tencent' }))).toEqual(needed)
    expect(names(faultsOf({ SMS_TEMPLATE_PARAMS: 'code,phone' }))).toEqual(['SMS_TEMPLATE_PARAMS'])
  })

  test('all faults are reported at once', () => {
    expect(faultsOf({ PORT: 'x', JWT_SECRET: 'short', RATE_LIMIT: 'x', SMS_PROVIDER: 'webhook' })).toHaveLength(4)
  })
})

describe('production', () => {
  test('production starts with safe settings', () => expect(faultsOf(production)).toEqual([]))

  test('production starts with Tencent’s SMS', () => {
    const tencent = { SMS_PROVIDER: 'tencent', SMS_SECRET_ID: 'i', SMS_SECRET_KEY: 'k', SMS_APP_ID: '1' }
    const template = { SMS_SIGN_NAME: 's', SMS_TEMPLATE_ID: 't', SMS_TEMPLATE_PARAMS: 'code, minutes' }
    expect(faultsOf({ ...production, SMS_WEBHOOK_URL: '', ...tencent, ...template })).toEqual([])
  })

  test.each([
    ['no database', { DATABASE_URL: '' }, 'DATABASE_URL'],
    ['no secret', { JWT_SECRET: '' }, 'JWT_SECRET'],
    ['a repeated secret', { JWT_SECRET: 'a'.repeat(64) }, 'JWT_SECRET'],
    ['a sample secret', { JWT_SECRET: 'change-me-0123456789-abcdefghijklmnopqrstuvwxyz' }, 'JWT_SECRET'],
    ['a repeated phrase', { JWT_SECRET: 'Zk3J9fQ2xL8'.repeat(4).slice(0, 40) }, 'JWT_SECRET'],
    ['a sequence', { JWT_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789' }, 'JWT_SECRET'],
    ['few characters', { JWT_SECRET: 'abcabbcaacbbacbcabaccbabcacbaccbab' }, 'JWT_SECRET'],
    ['a weak secret of before', { JWT_SECRET_PREVIOUS: '0'.repeat(32) }, 'JWT_SECRET_PREVIOUS'],
    ['a sample token for the figures', { METRICS_TOKEN: 'change-this-token' }, 'METRICS_TOKEN'],
    ['the password of the example', { DATABASE_URL: 'mysql://user:password@db/points' }, 'DATABASE_URL'],
    ['the same, written otherwise', { DATABASE_URL: 'mysql://user:p%61ssword@db/points' }, 'DATABASE_URL'],
    ['a database that anyone can open', { DATABASE_URL: 'mysql://app@db/points' }, 'DATABASE_URL'],
    ['a cache that anyone can open', { REDIS_URL: 'redis://:123456@cache:6379' }, 'REDIS_URL'],
    ['console SMS', { SMS_PROVIDER: 'console' }, 'SMS_PROVIDER'],
    ['no webhook', { SMS_WEBHOOK_URL: '' }, 'SMS_WEBHOOK_URL'],
  ])('production refuses %s', (_, change, name) => {
    const faults = faultsOf({ ...production, ...change })
    expect(faults.some((fault) => fault.startsWith(`${name}:`))).toBe(true)
  })

  test('production reports all unsafe settings at once', () => {
    expect(faultsOf({ NODE_ENV: 'production' }).map((fault) => fault.split(':')[0])).toEqual([
      'DATABASE_URL',
      'JWT_SECRET',
      'SMS_PROVIDER',
    ])
  })
})

test('no random secret is called weak', () => {
  for (let i = 0; i < 2_000; i += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    for (const secret of [bytes.toHex(), bytes.toHex().slice(0, 32), bytes.toHex().slice(0, 16), bytes.toBase64()])
      expect([secret, weaknessOf(secret)]).toEqual([secret, undefined])
  }
})

describe('a secret from a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'points-secrets-'))
  const file = (name: string, content: string) => {
    writeFileSync(join(dir, name), content)
    return join(dir, name)
  }

  test.each([...secretNames])('%s_FILE gives the value of %s, without the last newline of the file', (name) => {
    const values: Record<string, string> = {
      DATABASE_URL: production.DATABASE_URL,
      REDIS_URL: 'redis://cache:6379',
      SMS_WEBHOOK_URL: production.SMS_WEBHOOK_URL,
      ALERT_WEBHOOK: 'https://alerts.internal/x',
      SMS_DEV_CODE: '654321',
      LOG_KEY: makeSignerKey('points.example.com/log'),
      DRAW_SEED: makeSeedChain(30_000),
      LOG_WITNESSES: 'https://witness.internal/x',
    }
    const value = values[name] ?? strong
    const list = { LOG_WITNESSES: [value] }
    // These settings are given together or not at all.
    const app = { WECHAT_APPID: 'wx1', WECHAT_SECRET: 's' }
    const bucket = { S3_ENDPOINT: 'https://s3.internal', S3_BUCKET: 'b', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 's' }
    const env = { ...bucket, ...app, [name]: '', [`${name}_FILE`]: file(name, `${value}\n`) }
    expect(loadConfig(env)).toMatchObject({ [name]: value, ...(name in list ? list : {}) })
  })

  test.each([
    ['is not there', () => join(dir, 'nowhere'), "can't be read (ENOENT)"],
    ['is a folder', () => dir, 'is not a regular file'],
    ['never ends', () => '/dev/zero', 'is not a regular file'],
    ['is empty', () => file('empty', '\n'), 'is empty'],
    ['is too large', () => file('large', 'x'.repeat(9_000)), 'holds more than 8192 bytes'],
    ['has two lines', () => file('lines', `${strong}\n${strong}\n`), 'holds more than one line'],
  ])('a secret’s file that %s is a fault, reported once under the setting’s name', (_, path, fault) => {
    expect(faultsOf({ ...production, JWT_SECRET: '', JWT_SECRET_FILE: path() })).toEqual([`JWT_SECRET_FILE: ${fault}`])
  })

  test('a secret given twice, once by a file, is a fault, and so is a file for a setting that is no secret', () => {
    const faults = faultsOf({ ...production, JWT_SECRET_FILE: file('jwt', strong), PORT_FILE: file('port', '3000') })
    expect(faults).toHaveLength(2)
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(['JWT_SECRET_FILE', 'PORT_FILE'])
  })

  test('a secret from a file is checked like any other, and never printed', () => {
    const weak = file('weak', 'aaaaaaaabbbbbbbbccccccccdddddddd')
    const faults = faultsOf({ ...production, JWT_SECRET: '', JWT_SECRET_FILE: weak, PORT: 'x' })
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(['JWT_SECRET', 'PORT'])
    expect(faults.join()).not.toContain('aaaa')
  })
})

describe('the database URL', () => {
  const faultOf = (parameters: string) => faultsOf({ DATABASE_URL: `mysql://app:hunter2@db/points?${parameters}` })

  test.each([
    'ssl-mode=PREFERRED',
    'sslmode=prefer',
    'sslmode=allow',
    'sslMode=canary',
    'sslmode=',
    'ssl=Amazon%20RDS',
    'ssl=canary',
    'ssl={canary',
    'ssl={"canary":1}',
    'ssl={"rejectUnauthorized":"false"}',
    'tls=preferred',
    'tls=canary',
    'sslaccept=canary',
    'useSSL=constructor',
    'requireSSL=true',
    'verifyServerCertificate=false',
    'sslidentity=canary.p12',
    'sslpassword=canary',
    'ssl-capath=/canary',
    'tls-version=TLSv1',
    'ssl-ca=/canary/ca.pem',
    'ssl-ca=package.json',
    'ssl-mode=VERIFY_CA',
    'ssl-mode=DISABLED&ssl=true',
    'ssl-mode=REQUIRED&ssl-mode=DISABLED',
    'tls=false&sslmode=verify-full',
  ])('a database URL with %p prevents the start with one line that holds no value', (parameters) => {
    const faults = faultOf(parameters)
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: .*(ssl|tls|TLS)/i)])
    expect(faults.join()).not.toMatch(/canary|hunter2|\n/)
  })

  test('a database URL with a bare % in its password prevents the start', () => {
    expect(faultsOf({ DATABASE_URL: 'mysql://app:hunter%2@db/points' })).toEqual([
      expect.stringMatching(/^DATABASE_URL: has a % that is no escape/),
    ])
  })

  test('a database URL may have parameters of other programs, which are ignored', () => {
    expect(faultOf('charset=utf8mb4&parseTime=true&connection_limit=5&ssl-mode=REQUIRED')).toEqual([])
  })
})

test('printed settings contain no secret', () => {
  const secrets = {
    DATABASE_URL: 'mysql://app-user:hunter2@db:3306/points?password=hunter3',
    REDIS_URL: 'redis://cache-user:hunter4@cache:6379',
    JWT_SECRET_PREVIOUS: `${strong}-old`,
    S3_ENDPOINT: 'https://s3.internal',
    S3_BUCKET: 'receipts',
    S3_ACCESS_KEY: 'AKIAQQ',
    S3_SECRET_KEY: 'wJalrXUtnFEMI',
    METRICS_TOKEN: 'metrics-0f1e2d3c4b5a',
    ALERT_WEBHOOK: 'https://oapi.dingtalk.com/robot/send?access_token=f00dfeed',
    ALERT_SECRET: 'SEC8badf00d',
    LOG_WITNESSES: 'https://witness.internal/f00dcafe',
    WECHAT_APPID: 'wx1',
    WECHAT_SECRET: 'wJalofWechat',
    SMS_SECRET_ID: 'AKIDofTencent',
    SMS_SECRET_KEY: 'wJalofTencent',
  }
  const text = JSON.stringify(redacted(loadConfig({ ...production, ...secrets })))
  expect(text).toContain('***@db:3306/points')
  expect(text).not.toMatch(/hunter|-user|AKI|wJal|0f1e|f00d|sms\.example/)
  expect(text).not.toContain(strong)
})

test('witnesses of the log are a few URLs, and a fault names the setting alone', () => {
  const urls = (count: number) => Array.from({ length: count }, (_, at) => `https://w${at}.example/x`)
  expect(loadConfig({ LOG_WITNESSES: urls(2).join(' ， ') }).LOG_WITNESSES).toEqual(urls(2))
  expect(loadConfig({}).LOG_WITNESSES).toEqual([])
  for (const given of ['ftp://w.example', 'w.example', urls(11).join(',')])
    expect(faultsOf({ LOG_WITNESSES: given })).toEqual(['LOG_WITNESSES: must be at most 10 http(s) URLs'])
})

test('every setting whose name says that it is secret is treated as a secret', () => {
  const secrets = configNames.filter((name) => /SECRET|TOKEN|KEY|PASSWORD|WEBHOOK|DATABASE_URL|REDIS_URL/.test(name))
  expect(secrets.filter((name) => !secretNames.includes(name))).toEqual([])
})

test('no fault contains the value of a setting', () => {
  const env = Object.fromEntries(configNames.map((name) => [name, `canary ${name} canary`]))
  const faults = faultsOf({ ...env, NODE_ENV: 'production', JWT_SECRET_FILE: 'canary', PORT_FILE: 'canary' })
  expect(faults.length).toBeGreaterThan(configNames.length / 2)
  expect(faults.join('\n')).not.toContain('canary')
})

test('.env.example names every setting, and no other', () => {
  const text = readFileSync(join(import.meta.dir, '../../.env.example'), 'utf8')
  const named = [...text.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '')
  expect(named.sort()).toEqual([...configNames].sort())
})

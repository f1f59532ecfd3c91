import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configNames, loadConfig } from '../../src/config/config.ts'
import { warningsOf } from '../../src/config/warnings.ts'
import { faultsOf, production, strong } from '../support/settings.ts'

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
    ['HOST', 'bad host'],
    ['HOST', 'http://localhost'],
    ['HOST', 'localhost:3000'],
    ['HOST', '999.1.1.1'],
    ['HOST', '[::1'],
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

  test.each(['localhost', 'points.example.com', 'app_1', '127.0.0.1', '::', '[::1]', 'fe80::1%eth0'])(
    'the service may listen on %s',
    (HOST) => expect(loadConfig({ HOST }).HOST).toBe(HOST),
  )

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
    // From the sample password that the scan for secrets knows.
    const url = 'mysql://app:hunter2@db/points'.replace('2@', '%2@')
    expect(faultsOf({ DATABASE_URL: url })).toEqual([expect.stringMatching(/^DATABASE_URL: has a % that is no escape/)])
  })

  test('a database URL may have parameters of other programs, which are ignored', () => {
    expect(faultOf('charset=utf8mb4&parseTime=true&connection_limit=5&ssl-mode=REQUIRED')).toEqual([])
  })
})

test('witnesses of the log are a few URLs, and a fault names the setting alone', () => {
  const urls = (count: number) => Array.from({ length: count }, (_, at) => `https://w${at}.example/x`)
  expect(loadConfig({ LOG_WITNESSES: urls(2).join(' ， ') }).LOG_WITNESSES).toEqual(urls(2))
  expect(loadConfig({}).LOG_WITNESSES).toEqual([])
  for (const given of ['ftp://w.example', 'w.example', urls(11).join(',')])
    expect(faultsOf({ LOG_WITNESSES: given })).toEqual(['LOG_WITNESSES: must be at most 10 http(s) URLs'])
})

test('.env.example names every setting, and no other', () => {
  const text = readFileSync(join(import.meta.dir, '../../.env.example'), 'utf8')
  const named = [...text.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '')
  expect(named.sort()).toEqual([...configNames].sort())
})

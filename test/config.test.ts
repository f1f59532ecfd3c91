import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, configNames, loadConfig, redacted } from '../src/config.ts'

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

test('without any setting the defaults stand', () => {
  const config = loadConfig({})
  expect([config.PORT, config.LOTTERY_COST_POINTS, config.DAILY_LOTTERY_LIMIT, config.LOTTERY_PITY_LIMIT]).toEqual([
    3000, 100, 10, 10,
  ])
  expect(config.BUSINESS_TIMEZONE).toBe('Asia/Shanghai')
  expect(Object.isFrozen(config)).toBe(true)
})

test('an empty setting counts as unset', () => expect(loadConfig({ PORT: '', JWT_SECRET: '' }).PORT).toBe(3000))

describe('a bad setting stops the start', () => {
  test.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '３０００'],
    ['DATABASE_URL', 'postgres://x/y'],
    ['DATABASE_URL', 'mysql://host'],
    ['JWT_SECRET', 'short'],
    ['BUSINESS_TIMEZONE', 'Mars/Olympus'],
    ['RATE_LIMIT', 'maybe'],
    ['DAILY_LOTTERY_LIMIT', '1.5'],
    ['SMS_WEBHOOK_URL', 'ftp://x'],
    ['PUBLIC_URL', 'example.com'],
  ])('%s=%s', (name, value) => {
    const faults = faultsOf({ [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toStartWith(`${name}:`)
  })

  test('and all faults are said at once', () => {
    expect(faultsOf({ PORT: 'x', JWT_SECRET: 'short', RATE_LIMIT: 'x', SMS_PROVIDER: 'webhook' })).toHaveLength(4)
  })
})

describe('production', () => {
  test('starts with safe settings', () => expect(faultsOf(production)).toEqual([]))

  test.each([
    ['no database', { DATABASE_URL: '' }, 'DATABASE_URL'],
    ['no secret', { JWT_SECRET: '' }, 'JWT_SECRET'],
    ['a repeated secret', { JWT_SECRET: 'a'.repeat(64) }, 'JWT_SECRET'],
    ['a sample secret', { JWT_SECRET: 'change-me-0123456789-abcdefghijklmnopqrstuvwxyz' }, 'JWT_SECRET'],
    ['console SMS', { SMS_PROVIDER: 'console' }, 'SMS_PROVIDER'],
    ['no webhook', { SMS_WEBHOOK_URL: '' }, 'SMS_WEBHOOK_URL'],
  ])('refuses %s', (_, change, name) => {
    const faults = faultsOf({ ...production, ...change })
    expect(faults.some((fault) => fault.startsWith(`${name}:`))).toBe(true)
  })

  test('says everything that is unsafe at once', () => {
    expect(faultsOf({ NODE_ENV: 'production' }).map((fault) => fault.split(':')[0])).toEqual([
      'DATABASE_URL',
      'JWT_SECRET',
      'SMS_PROVIDER',
    ])
  })
})

test('printed settings hold no secret', () => {
  const text = JSON.stringify(redacted(loadConfig({ ...production, METRICS_TOKEN: 'metrics-token-0123456789' })))
  for (const secret of [strong, 'hunter2', 'metrics-token-0123456789', 'sms.example.com'])
    expect(text).not.toContain(secret)
})

test('.env.example names every setting, and no other', () => {
  const text = readFileSync(join(import.meta.dir, '../.env.example'), 'utf8')
  const named = [...text.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '')
  expect(named.sort()).toEqual([...configNames].sort())
})

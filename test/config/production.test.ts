import { describe, expect, test } from 'bun:test'
import { faultsOf, production } from '../support/settings.ts'

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

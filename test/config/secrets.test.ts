import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configNames, loadConfig, redacted } from '../../src/config/config.ts'
import { secretNames, weaknessOf } from '../../src/config/secret-settings.ts'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { makeSignerKey } from '../../src/tlog/format/notes.ts'
import { faultsOf, production, strong } from '../support/settings.ts'

test('no random secret is called weak', () => {
  for (let i = 0; i < 2_000; i += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    for (const secret of [bytes.toHex(), bytes.toHex().slice(0, 32), bytes.toHex().slice(0, 16), bytes.toBase64()])
      expect([secret, weaknessOf(secret)]).toEqual([secret, undefined])
  }
})

describe('a secret from a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'points-secrets-'))
  afterAll(() => rmSync(dir, { recursive: true }))
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
      DRAW_SEED_PREVIOUS: makeSeedChain(30_000),
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

test('every setting whose name says that it is secret is treated as a secret', () => {
  const secrets = configNames.filter((name) =>
    /SECRET|TOKEN|KEY|SEED|PASSWORD|WEBHOOK|DATABASE_URL|REDIS_URL/.test(name),
  )
  expect(secrets.filter((name) => !secretNames.includes(name))).toEqual([])
})

test('no fault contains the value of a setting', () => {
  const env = Object.fromEntries(configNames.map((name) => [name, `canary ${name} canary`]))
  const faults = faultsOf({ ...env, NODE_ENV: 'production', JWT_SECRET_FILE: 'canary', PORT_FILE: 'canary' })
  expect(faults.length).toBeGreaterThan(configNames.length / 2)
  expect(faults.join('\n')).not.toContain('canary')
})

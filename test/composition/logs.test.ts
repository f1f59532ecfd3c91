import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { webhookSms } from '../../src/accounts/sms.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { describeError } from '../../src/lib/logger.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type Program, runCommand, type Settings, startProgram } from '../support/process.ts'
import { closeSockets, connectAs } from '../support/sockets.ts'
import { photoForm } from '../support/uploads.ts'

const sms = new Map<string, string>()
const smsEndpoint = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { phone, code } = (await request.json()) as { phone: string; code: string }
    sms.set(phone, code)
    return new Response()
  },
})
let DATABASE_URL: string
let database: Database

beforeAll(async () => {
  DATABASE_URL = await createTestDatabase(`points_logs_${process.pid}`)
  database = openDatabase({ address: { uri: DATABASE_URL }, poolSize: 2 })
})
afterAll(async () => {
  await database.close()
  smsEndpoint.stop(true)
})

/** Everything that people sent or got in a test and that no log may hold. */
class Said {
  readonly #words = new Set<string>()
  add(...words: unknown[]): void {
    for (const word of words) if (typeof word === 'string' && word.length > 3) this.#words.add(word)
  }
  foundIn(text: string): string[] {
    return [...this.#words].filter((word) => text.includes(word))
  }
}

async function signIn(client: Client, said: Said): Promise<{ phone: string; token: string; refreshToken: string }> {
  const phone = newPhone()
  await client.post('/api/auth/send-code', { body: { phone } })
  const code = sms.get(phone)
  const { data } = await client.post('/api/auth/login', { body: { phone, code, device_info: { model: 'Mi-canary' } } })
  said.add(phone, code, data.access_token, data.refresh_token, 'Mi-canary')
  return { phone, token: data.access_token, refreshToken: data.refresh_token }
}

/** Signs in and out, draws, exchanges, redeems, uploads, reviews, corrects and connects, with success and without. */
async function useEverything(url: string, client: Client, said: Said): Promise<void> {
  const [diner, merchant] = [await signIn(client, said), await signIn(client, said)]
  await runCommand(['merchant', 'grant', merchant.phone], { DATABASE_URL })
  await client.post('/api/auth/login', { body: { phone: diner.phone, code: '918273' } })
  await client.get('/api/user/info', { token: `${diner.token}x` })
  await client.put('/api/user/info', { token: diner.token, body: { nickname: '某某人-canary' } })
  await client.post('/api/lottery/draw', {
    token: diner.token,
    body: { draw_type: 'triple' },
    idempotencyKey: 'key-canary',
  })
  const [product] = await database.query<{ id: number }>('SELECT MIN(commodity_id) AS id FROM products')
  await runCommand(['points', diner.phone, '+9000', '--reason', '补偿-canary'], { DATABASE_URL })
  const order = await client.post('/api/exchange/submit', { token: diner.token, body: { product_id: product?.id } })
  const { exchange_code } = order.data
  await client.post(`/api/merchant/vouchers/${exchange_code}/redeem`, { token: merchant.token })
  await client.get(`/api/merchant/users?mobile=${diner.phone}`, { token: merchant.token })
  const member = await client.get('/api/user/member-code', { token: diner.token })
  for (const path of [
    `/merchant/members/${member.data.code}`,
    '/merchant/members/1',
    `/merchant/vouchers/${'Z'.repeat(10)}`,
  ])
    await client.get(`/api${path}`, { token: merchant.token })
  await client.get(`/api/user/vouchers/${exchange_code}`, { token: diner.token })
  const photo = new Uint8Array(readFileSync(join(import.meta.dir, '../samples/08-faded.jpg')))
  const upload = await client.post('/api/photo/upload', { token: diner.token, form: photoForm(photo, '36.51') })
  await fetch(upload.data.image_url)
  const reviewed = { upload_id: upload.data.upload_id, action: 'approve', points: 77, reason: '看清了-canary' }
  await client.post('/api/merchant/review', { token: merchant.token, body: reviewed })
  const socket = await connectAs(url, diner)
  socket.send('{"type":"auth","token":"frame-canary"}')
  await client.post('/api/auth/refresh', { body: { refresh_token: diner.refreshToken } })
  await client.post('/api/auth/logout', { token: merchant.token })
  const link = new URL(upload.data.image_url)
  said.add(
    diner.token.split('.')[2],
    '918273',
    '某某人',
    'canary',
    exchange_code,
    member.data.code,
    ...link.searchParams.values(),
  )
  said.add('沙县小吃', '36.50', '36.51', 'tests-only')
}

/** Calls while a table is missing: the error then contains the statement, which holds the caller's data. */
async function breakEverything(client: Client, said: Said): Promise<void> {
  const { token, phone } = await signIn(client, said)
  // A code that is still good leads to the table that is missing.
  await database.query('UPDATE sms_codes SET used_at = NULL WHERE phone = ?', [phone])
  await database.query('RENAME TABLE users TO hidden_users')
  const answers = [
    await client.get('/api/user/info', { token }),
    await client.post('/api/auth/login', { body: { phone, code: sms.get(phone) } }),
    await client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } }),
  ]
  await database.query('RENAME TABLE hidden_users TO users')
  expect(answers.map(({ code }) => code)).toEqual([2000, 1000, 3000])
}

const start = (settings: Settings, main?: string): Promise<Program> =>
  startProgram({ DATABASE_URL, SMS_PROVIDER: 'webhook', SMS_WEBHOOK_URL: smsEndpoint.url.href, ...settings }, main)

const linesOf = (program: Program) =>
  program
    .output()
    .split('\n')
    .filter((line) => line !== '' && !/^(Serving|Stopping)/.test(line))

describe('the log', () => {
  test('the log is JSON, has every request, and holds nothing private', async () => {
    const program = await start({ LOG_LEVEL: 'trace' })
    const [client, said] = [await createClient(program.url), new Said()]
    await useEverything(program.url, client, said)
    await breakEverything(client, said)
    closeSockets()
    expect(await program.kill()).toBe(0)
    const lines = linesOf(program).map((line) => JSON.parse(line) as Record<string, unknown>)
    const drawn = lines.filter(({ route }) => route === '/api/lottery/draw')
    expect(drawn[0]).toEqual({
      level: 30,
      time: expect.any(Number),
      request_id: expect.stringMatching(/^[\w-]{36}$/),
      method: 'POST',
      route: '/api/lottery/draw',
      status: 200,
      code: 0,
      user_id: expect.any(Number),
      address_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      took_ms: expect.any(Number),
    })
    const requests = lines.filter(({ method }) => method)
    expect(requests.filter(({ address_id }) => address_id !== requests[0]?.address_id)).toEqual([])
    expect(JSON.stringify(requests)).not.toContain('127.0.0.1')
    expect(lines.some(({ route }) => route === '/api/merchant/vouchers/:code/redeem')).toBe(true)
    expect(lines.filter(({ err }) => err).length).toBeGreaterThanOrEqual(3)
    expect(said.foundIn(program.output())).toEqual([])
    expect(program.output()).not.toMatch(/select |insert |where /i)
  })

  test('every line of the log is JSON in production, to the last', async () => {
    const secret = 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA'
    const program = await start({ NODE_ENV: 'production', JWT_SECRET: secret, OCR: 'off', SHUTDOWN_GRACE_MS: '0' })
    expect(await program.kill()).toBe(0)
    const messages = program
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
    expect(messages.filter((message) => /^(Serving|Stopping)/.test(message))).toHaveLength(2)
    expect(program.output()).not.toContain(secret)
  })

  test('the log for people is readable, and holds nothing private either', async () => {
    const program = await start({ LOG_LEVEL: 'trace', LOG_FORMAT: 'pretty', OCR: 'off' })
    const [client, said] = [await createClient(program.url), new Said()]
    await breakEverything(client, said)
    await program.kill()
    expect(program.output()).toMatch(/INFO: POST \/api\/auth\/login 0 [\d.]+ ms /)
    expect(linesOf(program).filter((line) => line.startsWith('{'))).toEqual([])
    expect(said.foundIn(program.output())).toEqual([])
  })

  test('a bug that ends the process logs no statement', async () => {
    const program = await start({ OCR: 'off' }, join(import.meta.dir, '../support/buggy-main.ts'))
    expect(await program.kill('SIGUSR2')).toBe(1)
    expect(program.output()).toContain('a bug ends the process')
    expect(program.output()).not.toMatch(/13812345678|canary/)
  })

  test('a command that fails unexpectedly logs no statement', async () => {
    await database.query('RENAME TABLE users TO hidden_users')
    const phone = newPhone()
    const { code, err } = await runCommand(['points', phone, '+5', '--reason', 'canary'], { DATABASE_URL })
    await database.query('RENAME TABLE hidden_users TO users')
    expect([code, err.includes('statement failed (1146)')]).toEqual([1, true])
    expect(err).not.toMatch(new RegExp(`select|${phone}|canary`, 'i'))
  })
})

test('a call that is redirected logs no part of its address', async () => {
  const elsewhere = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => Response.redirect('https://example.com/'),
  })
  const url = `${elsewhere.url}send?access_token=hunter2`
  const fault = await webhookSms({ url, expires_in: 300, pauses_ms: [] })
    .send('13800138000', '123456')
    .catch((error: unknown) => error)
  await elsewhere.stop(true)
  expect(fault).toBeInstanceOf(Error)
  expect(String(fault)).toContain('hunter2')
  expect(JSON.stringify(describeError(fault))).not.toContain('hunter2')
})

import { describe, expect, test } from 'bun:test'
import { SignJWT } from 'jose'
import { createTokens } from '../../src/accounts/tokens.ts'
import { createClient } from '../support/client.ts'
import { balanceOf, newPhone, signIn } from '../support/people.ts'
import { startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'

const service = useService()
const post = (path: string, body?: unknown, token?: string) => service.client.post(path, { body, token })
const get = (path: string, token?: string) => service.client.get(path, { token })
const sentCode = (phone: string) =>
  service.printed.findLast((line) => line.includes(phone))?.match(/code is (\d{6})/)?.[1] ?? ''
const sendCode = async (phone: string) => {
  expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
  return sentCode(phone)
}
const wrong = (code: string) => (code === '000000' ? '000001' : '000000')

describe('a code', () => {
  test('a code signs in its phone, and creates the account with its bonus and its ledger row', async () => {
    const phone = newPhone()
    const sent = await post('/api/auth/send-code', { phone })
    expect(sent.data).toEqual({ expires_in: 300, resend_after: 60 })
    const { data } = await post('/api/auth/login', {
      phone,
      code: sentCode(phone),
      device_info: { platform: 'ios', x: 1 },
    })
    expect(data).toMatchObject({ is_new_user: true, expires_in: 7200 })
    const { user_info, access_token } = data
    expect(user_info).toMatchObject({
      total_points: 1000,
      is_merchant: false,
      status: 'active',
      nickname: `用户${phone.slice(-4)}`,
    })
    expect(user_info.mobile).toBe(`${phone.slice(0, 3)}****${phone.slice(-4)}`)
    const { data: ledger } = await get('/api/user/points/records', access_token)
    expect(ledger.records).toMatchObject([
      { points: 1000, type: 'earn', source: 'register', related_id: `REG_${user_info.user_id}`, balance_after: 1000 },
    ])
  })

  test('a code works once, even when 20 requests use it at the same time', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/api/auth/login', { phone, code })))
    expect(answers.filter((answer) => answer.code === 0)).toHaveLength(1)
    expect(answers.filter((answer) => answer.code === 1002)).toHaveLength(19)
    expect(await service.database.query('SELECT 1 FROM users')).toHaveLength(1)
  })

  test('a code expires after five minutes', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    service.clock.advance(300_000)
    expect((await post('/api/auth/login', { phone, code })).code).toBe(1002)
  })

  test('five wrong tries make a code useless, and create no account', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    for (let i = 0; i < 5; i += 1) {
      expect((await post('/api/auth/login', { phone, code: wrong(code) })).code).toBe(1002)
    }
    expect((await post('/api/auth/login', { phone, code })).code).toBe(1002)
    expect(await service.database.query('SELECT 1 FROM users')).toEqual([])
  })

  test('a code that was never sent creates no account and uses up no account number', async () => {
    const before = await signIn(service)
    const phone = newPhone()
    const tries = Array.from({ length: 8 }, () =>
      service.client.post('/api/auth/login', { body: { phone, code: '654321' } }),
    )
    expect(new Set((await Promise.all(tries)).map(({ code }) => code))).toEqual(new Set([1002]))
    expect((await signIn(service)).userId).toBe(before.userId + 1)
  })

  test('a code still works after four wrong tries', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    for (let i = 0; i < 4; i += 1) await post('/api/auth/login', { phone, code: wrong(code) })
    expect((await post('/api/auth/login', { phone, code })).code).toBe(0)
  })

  test('a new code replaces the one before it', async () => {
    const phone = newPhone()
    const first = await sendCode(phone)
    const second = await sendCode(phone)
    if (first !== second) expect((await post('/api/auth/login', { phone, code: first })).code).toBe(1002)
    expect((await post('/api/auth/login', { phone, code: second })).code).toBe(0)
  })

  test('only a digest of a code is stored', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    const [row] = await service.database.query('SELECT * FROM sms_codes')
    expect(JSON.stringify(row)).not.toContain(code)
  })
})

describe('sign in', () => {
  test('30 first sign-ins of one phone at the same moment create one account with one bonus', async () => {
    const phone = newPhone()
    const people = await Promise.all(Array.from({ length: 30 }, () => signIn(service, phone)))
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(1)
    expect(await balanceOf(service, people[0] as never)).toBe(1000)
  })

  test('a second sign-in finds the same account', async () => {
    const first = await signIn(service)
    const { data } = await post('/api/auth/login', { phone: first.phone, code: '123456' })
    expect(data).toMatchObject({ is_new_user: false, user_info: { user_id: first.userId, total_points: 1000 } })
  })

  test.each(['inactive', 'banned'])('an account that is %s can’t sign in', async (status) => {
    const { phone } = await signIn(service)
    await service.database.query('UPDATE users SET status = ?', [status])
    expect((await post('/api/auth/login', { phone, code: '123456' })).code).toBe(2004)
  })

  const badPhones: unknown[] = [
    undefined,
    null,
    13800138000,
    '',
    '1380013800',
    '138001380000',
    '12800138000',
    '１３８００１３８０００',
    '13800138000 ',
    [['13800138000']],
    { a: 1 },
    "13800138000' OR 1=1",
    true,
  ]
  test.each(badPhones)('a phone number of %p is refused with 1001', async (phone) => {
    expect((await post('/api/auth/send-code', { phone })).code).toBe(1001)
    expect((await post('/api/auth/login', { phone, code: '123456' })).code).toBe(1001)
  })

  test.each(['12345', '1234567', 'abcdef', '１２３４５６', ''])('a code of %p is refused with 1002', async (code) => {
    expect((await post('/api/auth/login', { phone: newPhone(), code })).code).toBe(1002)
  })

  test('a malformed description of a device is dropped, and the sign-in is not refused', async () => {
    for (const device_info of [
      null,
      'x',
      7,
      ['a'],
      { platform: 'x'.repeat(1000) },
      { deep: { a: 1 } },
      { model: '\ud800' },
    ]) {
      expect((await post('/api/auth/login', { phone: newPhone(), code: '123456', device_info })).code).toBe(0)
    }
  })
})

describe('an access token', () => {
  test('verify-token confirms a valid access token and tells the seconds that it has left', async () => {
    const { token } = await signIn(service)
    service.clock.advance(100_000)
    const { data } = await get('/api/auth/verify-token', token)
    expect(data.valid).toBe(true)
    expect(data.expires_in).toBeGreaterThan(7_090)
    expect(data.expires_in).toBeLessThanOrEqual(7_100)
  })

  test('a missing access token is refused with 2001, and a bad, expired or refresh token with 2002', async () => {
    const person = await signIn(service)
    expect((await get('/api/user/info')).code).toBe(2001)
    for (const bad of ['x', `${person.token}x`, person.token.slice(0, -2), person.refreshToken, 'a'.repeat(5_000)]) {
      expect((await get('/api/user/info', bad)).code).toBe(2002)
    }
    service.clock.advance(7_206_000)
    expect((await get('/api/user/info', person.token)).code).toBe(2002)
  })

  test('a logout ends the session’s access token and refresh token', async () => {
    const { token, refreshToken } = await signIn(service)
    expect((await post('/api/auth/logout', undefined, token)).code).toBe(0)
    expect((await get('/api/user/info', token)).code).toBe(2002)
    expect((await post('/api/auth/refresh', { refresh_token: refreshToken })).code).toBe(2002)
  })

  test('a logout leaves the tokens of other sessions alone', async () => {
    const first = await signIn(service)
    const second = await signIn(service, first.phone)
    await post('/api/auth/logout', undefined, first.token)
    expect((await get('/api/user/info', second.token)).code).toBe(0)
  })

  test('a ban stops the access token within 30 seconds, and lifting the ban lets it work again at once', async () => {
    const { token, userId } = await signIn(service)
    await get('/api/user/info', token)
    await service.database.query("UPDATE users SET status = 'banned' WHERE user_id = ?", [userId])
    service.clock.advance(30_000)
    expect((await get('/api/user/info', token)).code).toBe(2004)
    await service.database.query("UPDATE users SET status = 'active' WHERE user_id = ?", [userId])
    expect((await get('/api/user/info', token)).code).toBe(0)
  })

  test('a banned account’s access token is refused within 30 seconds even if the clock is set back', async () => {
    const { token, userId } = await signIn(service)
    await get('/api/user/info', token)
    await service.database.query("UPDATE users SET status = 'banned' WHERE user_id = ?", [userId])
    service.clock.shift(-3_600_000)
    service.clock.advance(30_000)
    expect((await get('/api/user/info', token)).code).toBe(2004)
  })

  test('old base64 decoders can read the payload of an access token', async () => {
    const { token, userId } = await signIn(service)
    const payload = token.split('.')[1] ?? ''
    expect(payload).not.toMatch(/[-_]/)
    expect(JSON.parse(atob(payload))).toMatchObject({ user_id: userId, typ: 'access' })
  })
})

describe('a token that is signed as ours, with claims that are not ours in form', () => {
  const now_s = Math.floor(Date.now() / 1000)
  const sign = (claims: object) =>
    new SignJWT({ exp: now_s + 600, iat: now_s, gen: 1, ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('restaurant-points')
      .setAudience('restaurant-points-client')
      .sign(new TextEncoder().encode(service.services.config.JWT_SECRET))
  const odd: object[] = [
    { sid: '会话' },
    { sid: 'x'.repeat(300) },
    { sid: '' },
    { sid: ['A'] },
    { sid: 'A\u0000B' },
    { user_id: 2 ** 40 },
    { user_id: -1 },
    { user_id: 1.5 },
    { user_id: '1' },
    { user_id: null },
    { gen: 2 ** 40 },
    { gen: -1 },
    { gen: 0.5 },
    { gen: 'x' },
    { exp: 1e15 },
    { typ: ['access'] },
  ]

  test.each(odd)('is refused with 2002 for %p, wherever it is shown', async (claims) => {
    const person = await signIn(service)
    const session = JSON.parse(atob(person.token.split('.')[1] ?? ''))
    const ours = { user_id: person.userId, sid: session.sid }
    const access = await sign({ ...ours, typ: 'access', ...claims })
    expect((await get('/api/user/info', access)).code).toBe(2002)
    expect((await get('/api/auth/verify-token', access)).code).toBe(2002)
    const refresh_token = await sign({ ...ours, typ: 'refresh', ...claims })
    expect((await post('/api/auth/refresh', { refresh_token })).code).toBe(2002)
    expect((await get('/api/user/info', person.token)).code).toBe(0)
  })
})

test('during the rotation of the secret, a code that was sent under the old secret still signs in, once', async () => {
  const { JWT_SECRET: before } = service.services.config
  const settings = { DATABASE_URL: service.databaseUrl, JOBS: 'off', OCR: 'off', DIALECTS: 'off' }
  const rotated = await startProgram({ ...settings, JWT_SECRET: 'n'.repeat(32), JWT_SECRET_PREVIOUS: before ?? '' })
  const client = await createClient(rotated.url)
  const phone = newPhone()
  const code = await sendCode(phone)
  const login = async (typed: string) => (await client.post('/api/auth/login', { body: { phone, code: typed } })).code
  expect(await login(wrong(code))).toBe(1002)
  expect(await login(code)).toBe(0)
  expect(await login(code)).toBe(1002)
  expect(await rotated.kill()).toBe(0)
})

describe('tokens', () => {
  const session = { session_id: 'S1', user_id: 7, generation: 1, rotated_at: new Date(1_800_000_000_000) }
  const now = () => new Date(1_800_000_001_000)
  const old = createTokens({ secret: 'o'.repeat(32), now })
  const rotated = createTokens({ secret: 'n'.repeat(32), previousSecret: 'o'.repeat(32), now })
  const foreign = createTokens({ secret: 'f'.repeat(32), now })

  test('tokens of the previous secret are still valid, and tokens of an unknown secret never are', async () => {
    expect(await rotated.verifyAccess((await old.issue(session)).access_token)).toMatchObject({ user_id: 7 })
    expect(rotated.verifyAccess((await foreign.issue(session)).access_token)).rejects.toMatchObject({ code: 2002 })
  })

  test('an access token is not accepted as a refresh token, nor a refresh token as an access token', async () => {
    const { access_token, refresh_token } = await old.issue(session)
    expect(old.verifyAccess(refresh_token)).rejects.toMatchObject({ code: 2002 })
    expect(old.verifyRefresh(access_token)).rejects.toMatchObject({ code: 2002 })
  })

  test('a token that is unsigned or signed by another algorithm is refused', async () => {
    const { access_token } = await old.issue(session)
    const [, payload, signature] = access_token.split('.')
    const header = (alg: string) => btoa(JSON.stringify({ alg, typ: 'JWT' })).replace(/=+$/, '')
    for (const forged of [
      `${header('none')}.${payload}.`,
      `${header('HS512')}.${payload}.${signature}`,
      `.${payload}.`,
    ]) {
      expect(old.verifyAccess(forged)).rejects.toMatchObject({ code: 2002 })
    }
  })
})

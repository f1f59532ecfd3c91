import { describe, expect, test } from 'bun:test'
import { SignJWT } from 'jose'
import { createTokens } from '../../src/accounts/tokens.ts'
import { createClient } from '../support/client.ts'
import { newPhone, signIn } from '../support/people.ts'
import { startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { codesAt, wrong } from '../support/sms-codes.ts'

const service = useService()
const { post, get, sendCode } = codesAt(service)

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
    expect(await rotated.verifyAccess(old.issue(session).access_token)).toMatchObject({ user_id: 7 })
    await expect(rotated.verifyAccess(foreign.issue(session).access_token)).rejects.toMatchObject({ code: 2002 })
  })

  test('tokens are those that the library makes of the same claims', async () => {
    const { access_token, refresh_token } = old.issue(session)
    const made = (typ: string, life_s: number) =>
      new SignJWT({ user_id: 7, sid: 'S1', gen: 1, typ })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer('restaurant-points')
        .setAudience('restaurant-points-client')
        .setIssuedAt(1_800_000_000)
        .setExpirationTime(1_800_000_000 + life_s)
        .sign(new TextEncoder().encode('o'.repeat(32)))
    expect([access_token, refresh_token]).toEqual([await made('access', 7_200), await made('refresh', 30 * 86_400)])
  })

  test('an access token is not accepted as a refresh token, nor a refresh token as an access token', async () => {
    const { access_token, refresh_token } = old.issue(session)
    await expect(old.verifyAccess(refresh_token)).rejects.toMatchObject({ code: 2002 })
    await expect(old.verifyRefresh(access_token)).rejects.toMatchObject({ code: 2002 })
  })

  test('a token that is unsigned or signed by another algorithm is refused', async () => {
    const { access_token } = old.issue(session)
    const [, payload, signature] = access_token.split('.')
    const header = (alg: string) => btoa(JSON.stringify({ alg, typ: 'JWT' })).replace(/=+$/, '')
    for (const forged of [
      `${header('none')}.${payload}.`,
      `${header('HS512')}.${payload}.${signature}`,
      `.${payload}.`,
    ]) {
      await expect(old.verifyAccess(forged)).rejects.toMatchObject({ code: 2002 })
    }
  })
})

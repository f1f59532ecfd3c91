import { describe, expect, test } from 'bun:test'
import { createClient } from '../support/client.ts'
import { signIn } from '../support/people.ts'
import { startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'

const service = useService({ TRUST_PROXY: '1' })
const post = (path: string, body?: unknown, token?: string) => service.client.post(path, { body, token })
const get = (path: string, token?: string) => service.client.get(path, { token })
const refresh = (refresh_token: string, headers: Record<string, string> = {}) =>
  service.client.post('/api/auth/refresh', { body: { refresh_token }, headers })

describe('a refresh token', () => {
  test('a refresh token, in the body or as Bearer, gets a new pair', async () => {
    const person = await signIn(service)
    const first = await refresh(person.refreshToken)
    expect(Object.keys(first.data).sort()).toEqual(['access_token', 'expires_in', 'refresh_token'])
    expect((await get('/api/user/info', first.data.access_token)).code).toBe(0)
    const second = await post('/api/auth/refresh', undefined, first.data.refresh_token)
    expect(second.code).toBe(0)
    expect((await post('/api/auth/refresh', {})).code).toBe(2001)
  })

  test('refreshing keeps a session alive for at most half a year', async () => {
    let { refreshToken } = await signIn(service)
    for (let days = 29; days < 180; days += 29) {
      service.clock.advance(29 * 86_400_000)
      const { code, data } = await refresh(refreshToken)
      expect(code).toBe(0)
      refreshToken = data.refresh_token
    }
    service.clock.advance(7 * 86_400_000)
    expect((await refresh(refreshToken)).code).toBe(2002)
  })

  test('a refresh during a logout leaves no token of the session alive', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token, refreshToken } = await signIn(service)
      // With a cached access token the logout may be the faster of the two.
      if (round % 2 === 0) await get('/api/user/info', token)
      const [early, ended, info, late] = await Promise.all([
        refresh(refreshToken),
        post('/api/auth/logout', undefined, token),
        get('/api/user/info', token),
        refresh(refreshToken),
      ])
      expect(ended.code).toBe(0)
      for (const { code } of [early, info, late]) expect([0, 2002]).toContain(code)
      expect(await service.database.query('SELECT 1 FROM sessions WHERE revoked_at IS NULL')).toEqual([])
      // The newest token comes first: an already used one would itself end the session.
      const pairs = [late.data, early.data, { access_token: token, refresh_token: refreshToken }].filter(Boolean)
      for (const { access_token, refresh_token } of pairs) {
        expect((await get('/api/user/info', access_token)).code).toBe(2002)
        expect((await refresh(refresh_token)).code).toBe(2002)
      }
    }
  })

  test('an access token, an expired refresh token and one of an inactive account are refused', async () => {
    const { token, refreshToken, userId } = await signIn(service)
    expect((await refresh(token)).code).toBe(2002)
    await service.database.query("UPDATE users SET status = 'inactive' WHERE user_id = ?", [userId])
    expect((await refresh(refreshToken)).code).toBe(2004)
    await service.database.query("UPDATE users SET status = 'active' WHERE user_id = ?", [userId])
    service.clock.advance(31 * 86_400_000)
    expect((await refresh(refreshToken)).code).toBe(2002)
    for (const refresh_token of [7, null, '', ['x'], 'x'.repeat(3_000)]) {
      expect((await post('/api/auth/refresh', { refresh_token })).code).toBe(2002)
    }
  })
})

describe('a used refresh token', () => {
  const isDead = async (...pairs: { access_token: string; refresh_token: string }[]) => {
    for (const { access_token, refresh_token } of pairs) {
      expect((await get('/api/user/info', access_token)).code).toBe(2002)
      expect((await refresh(refresh_token)).code).toBe(2002)
    }
  }

  test('a used refresh token gets the same pair for 60 s, however often it is sent', async () => {
    const { refreshToken } = await signIn(service)
    const first = await refresh(refreshToken)
    for (const pause_ms of [0, 0, 10_000, 20_000, 29_000]) {
      service.clock.advance(pause_ms)
      expect(await refresh(refreshToken)).toMatchObject({ code: 0, data: first.data })
    }
    expect((await get('/api/user/info', first.data.access_token)).code).toBe(0)
    expect((await refresh(first.data.refresh_token)).code).toBe(0)
  })

  test('a used refresh token gets its same pair even after its successors were used, and so does each of them', async () => {
    const used = [(await signIn(service)).refreshToken]
    const pairs = []
    for (let round = 0; round < 4; round += 1) {
      const { data } = await refresh(used.at(-1) ?? '')
      pairs.push(data)
      used.push(data.refresh_token)
      service.clock.advance(10_000)
    }
    for (const [index, pair] of pairs.entries()) expect((await refresh(used[index] ?? '')).data).toEqual(pair)
    expect((await refresh(used.at(-1) ?? '')).code).toBe(0)
  })

  test('the 60 s count from the first use, however often the token was sent since', async () => {
    const { refreshToken } = await signIn(service)
    const { data } = await refresh(refreshToken)
    service.clock.advance(40_000)
    expect((await refresh(refreshToken)).code).toBe(0)
    service.clock.advance(20_500)
    expect((await refresh(refreshToken)).code).toBe(2002)
    await isDead(data)
  })

  test('a refresh token that is reused after 60 s ends its session and all of its newer pairs', async () => {
    const { refreshToken } = await signIn(service)
    const second = await refresh(refreshToken)
    service.clock.advance(30_000)
    const third = await refresh(second.data.refresh_token)
    service.clock.advance(30_500)
    expect((await refresh(refreshToken)).code).toBe(2002)
    await isDead(third.data, second.data)
  })

  test('a refresh token that is reused by another User-Agent ends its session, even within 60 s', async () => {
    const { refreshToken } = await signIn(service)
    const { data } = await refresh(refreshToken, { 'User-Agent': 'MicroMessenger/8.0.50 iPhone' })
    expect((await refresh(refreshToken, { 'User-Agent': 'microMessenger/8.0.50 iPhone' })).code).toBe(2002)
    await isDead(data)
  })

  test('a used refresh token works for the same User-Agent from any address', async () => {
    const { refreshToken } = await signIn(service)
    const headers = { 'User-Agent': `MicroMessenger/${'8'.repeat(3_000)}` }
    const first = await refresh(refreshToken, { ...headers, 'X-Forwarded-For': '203.0.113.7' })
    const again = await refresh(refreshToken, { ...headers, 'X-Forwarded-For': '2001:db8::7' })
    expect(again).toMatchObject({ code: 0, data: first.data })
  })

  test('each refresh token may be used first by another User-Agent than the token before it', async () => {
    const { refreshToken } = await signIn(service)
    const { data } = await refresh(refreshToken, { 'User-Agent': 'MicroMessenger/8.0.50' })
    expect((await refresh(data.refresh_token, { 'User-Agent': 'MicroMessenger/8.0.51' })).code).toBe(0)
  })

  test('the reuse of another session’s refresh token does not affect this session', async () => {
    const first = await signIn(service)
    const second = await signIn(service, first.phone)
    await refresh(first.refreshToken)
    service.clock.advance(60_500)
    expect((await refresh(first.refreshToken)).code).toBe(2002)
    expect((await refresh(second.refreshToken)).code).toBe(0)
  })

  test.each([3, 20])(
    'a refresh token used %p times at the same moment gives one pair and one new generation',
    async (count) => {
      const { refreshToken } = await signIn(service)
      const answers = await Promise.all(Array.from({ length: count }, () => refresh(refreshToken)))
      for (const { code, data } of answers) expect([code, data]).toEqual([0, answers[0]?.data])
      expect(await service.database.query('SELECT generation FROM sessions')).toEqual([{ generation: 2 }])
      expect(await service.database.query('SELECT generation FROM session_refreshes')).toEqual([{ generation: 1 }])
    },
  )

  test('a stolen refresh token ends the session even if its owner refreshes at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refreshToken } = await signIn(service)
      const { data } = await refresh(refreshToken)
      service.clock.advance(60_500)
      const [owner, thief] = await Promise.all([refresh(data.refresh_token), refresh(refreshToken)])
      expect(thief.code).toBe(2002)
      expect([0, 2002]).toContain(owner.code)
      await isDead(data, ...(owner.data ? [owner.data] : []))
    }
  })

  test('a used refresh token gets the same pair on every replica and after a restart', async () => {
    const { JWT_SECRET = '' } = service.services.config
    const start = () =>
      startProgram({ DATABASE_URL: service.databaseUrl, JWT_SECRET, JOBS: 'off', OCR: 'off', DIALECTS: 'off' })
    const replica = await start()
    const { refreshToken } = await signIn(service)
    const clients = [service.client, await createClient(replica.url)]
    const ask = (client = service.client) => client.post('/api/auth/refresh', { body: { refresh_token: refreshToken } })
    const [first, ...others] = await Promise.all([...clients, ...clients, ...clients].map(ask))
    expect(first?.code).toBe(0)
    for (const { data } of others) expect(data).toEqual(first?.data)
    expect(await replica.kill()).toBe(0)
    const restarted = await start()
    expect((await ask(await createClient(restarted.url))).data).toEqual(first?.data)
    expect(await restarted.kill()).toBe(0)
  })

  test('a refresh token whose use an earlier version did not record can also be repeated for 60 s', async () => {
    const { refreshToken } = await signIn(service)
    const { data } = await refresh(refreshToken)
    await service.database.query('DELETE FROM session_refreshes')
    service.clock.advance(59_000)
    expect((await refresh(refreshToken)).data).toEqual(data)
    service.clock.advance(1_500)
    expect((await refresh(refreshToken)).code).toBe(2002)
  })

  test('no table contains a refresh token or a User-Agent', async () => {
    const { refreshToken } = await signIn(service)
    const { data } = await refresh(refreshToken, { 'User-Agent': 'MicroMessenger/canary' })
    const rows = [
      await service.database.query('SELECT * FROM sessions'),
      await service.database.query('SELECT * FROM session_refreshes'),
    ]
    const kept = JSON.stringify(rows)
    for (const token of [refreshToken, data.access_token, data.refresh_token])
      for (const part of token.split('.').slice(1)) expect(kept).not.toContain(part)
    expect(kept).not.toContain('canary')
  })
})

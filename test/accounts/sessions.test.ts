import { afterEach, describe, expect, test } from 'bun:test'
import { type Client, createClient } from '../support/client.ts'
import { newPhone, type Person, signIn } from '../support/people.ts'
import { startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, type SocketClient } from '../support/sockets.ts'

const service = useService()
afterEach(closeSockets)
interface Listed {
  id: string
  device: string | null
  created_at: string
  last_used_at: string
  current: boolean
}
const list = async ({ token }: Person): Promise<Listed[]> =>
  (await service.client.get('/api/user/sessions', { token })).data.sessions
const end = ({ token }: Person, which: string, client: Client = service.client) =>
  client.delete(`/api/user/sessions/${which}`, { token })
const idOf = async (person: Person) => (await list(person)).find(({ current }) => current)?.id ?? ''
const isSignedOut = async ({ token, refreshToken }: Person) => {
  expect((await service.client.get('/api/user/info', { token })).code).toBe(2002)
  const body = { refresh_token: refreshToken }
  expect((await service.client.post('/api/auth/refresh', { body })).code).toBe(2002)
}
const isSignedIn = async ({ token }: Person) =>
  expect((await service.client.get('/api/user/info', { token })).code).toBe(0)
const devices = async (count: number): Promise<Person[]> => {
  const first = await signIn(service)
  const others = []
  for (let n = 1; n < count; n += 1) others.push(await signIn(service, first.phone))
  return [first, ...others]
}

describe('the list of sessions', () => {
  test('the list has the caller’s live sessions, the last used first, and marks the current one', async () => {
    const before_ms = service.clock.now().getTime()
    const [first, second, loggedOut] = (await devices(3)) as [Person, Person, Person]
    await signIn(service)
    await service.client.post('/api/auth/logout', { token: loggedOut.token })
    service.clock.advance(60_000)
    await service.client.post('/api/auth/refresh', { body: { refresh_token: first.refreshToken } })
    const sessions = await list(second)
    expect(sessions.map(({ current }) => current)).toEqual([false, true])
    expect(sessions.map(({ id }) => id)).toEqual([await idOf(first), await idOf(second)])
    const [used, idle] = sessions.map(
      ({ created_at, last_used_at }) => Date.parse(last_used_at) - Date.parse(created_at),
    )
    expect(used).toBeGreaterThanOrEqual(60_000)
    expect(idle).toBe(0)
    expect(Date.parse(sessions[1]?.created_at ?? '')).toBeGreaterThanOrEqual(before_ms)
  })

  test('the list leaves out expired sessions', async () => {
    const phone = newPhone()
    await signIn(service, phone)
    service.clock.advance(31 * 86_400_000)
    expect(await list(await signIn(service, phone))).toHaveLength(1)
  })

  const iPhone = { brand: 'iPhone', model: 'iPhone 13<iPhone14,5>', system: 'iOS 17.1', platform: 'ios' }
  const webView = 'Mozilla/5.0 (Linux; Android 13; ALN-AL00 Build/HUAWEI; wv) MicroMessenger/8.0.50'
  test.each([
    [iPhone, webView, 'iPhone 13<iPhone14,5> · iOS 17.1'],
    [{ brand: 'HUAWEI', model: 'P50', platform: 'android' }, webView, 'HUAWEI P50 · android'],
    [
      { brand: '👍'.repeat(32), model: '手'.repeat(64), system: '机'.repeat(9) },
      '',
      `${'👍'.repeat(32)} ${'手'.repeat(64)} ·`,
    ],
    [{}, webView, 'Linux; Android 13; ALN-AL00 Build/HUAWEI; wv'],
    [undefined, webView, 'Linux; Android 13; ALN-AL00 Build/HUAWEI; wv'],
    [undefined, 'curl/8.5.0', 'curl/8.5.0'],
    [undefined, `x${'y'.repeat(5_000)}`, `x${'y'.repeat(99)}`],
    [undefined, '', null],
  ])('a device that sends %p and User-Agent %p is listed as %p', async (device_info, userAgent, name) => {
    const headers = { 'User-Agent': userAgent }
    const body = { phone: newPhone(), code: '123456', device_info }
    const { data } = await service.client.post('/api/auth/login', { body, headers })
    const { sessions } = (await service.client.get('/api/user/sessions', { token: data.access_token })).data
    expect(sessions).toMatchObject([{ device: name }])
  })

  test('the list has at most 100 sessions', async () => {
    const person = (await devices(2))[1] as Person
    const row = (n: number) => [`S${n}`, person.userId, 1, '2020-01-01', false, '2999-01-01', '2020-01-01']
    await service.database.query(
      'INSERT INTO sessions (session_id, user_id, generation, rotated_at, repeated, expires_at, created_at) VALUES ?',
      [Array.from({ length: 250 }, (_, n) => row(n))],
    )
    expect(await list(person)).toHaveLength(100)
    expect((await end(person, 'others')).data).toEqual({ ended: 251 })
    expect(await list(person)).toHaveLength(1)
  })
})

describe('ending a session', () => {
  test('ending a session signs out that device at once, and no other', async () => {
    const [here, there, third] = (await devices(3)) as [Person, Person, Person]
    await Promise.all([here, there, third].map(isSignedIn))
    const id = await idOf(there)
    expect((await end(here, id)).data).toEqual({ ended: 1 })
    await isSignedOut(there)
    await Promise.all([here, third].map(isSignedIn))
    expect((await list(here)).map((session) => session.id)).not.toContain(id)
  })

  test('a caller can end the current session, like a logout', async () => {
    const [here, there] = (await devices(2)) as [Person, Person]
    expect((await end(here, await idOf(here))).data).toEqual({ ended: 1 })
    await isSignedOut(here)
    await isSignedIn(there)
  })

  test('ending a session again ends nothing and is not refused, because the first answer may have been lost', async () => {
    const [here, there] = (await devices(2)) as [Person, Person]
    const id = await idOf(there)
    expect((await end(here, id)).data).toEqual({ ended: 1 })
    expect(await end(here, id)).toMatchObject({ code: 0, data: { ended: 0 } })
  })

  test('ending another person’s session is refused like an unknown session, and changes nothing', async () => {
    const [here, stranger] = [await signIn(service), await signIn(service)]
    const answers = await Promise.all(
      [await idOf(stranger), 'NOSUCHSESSION', '0', '%20', '中', `${'9'.repeat(200)}`, "'%20OR%201=1"].map((id) =>
        end(here, id),
      ),
    )
    for (const { code, msg } of answers) expect([code, msg]).toEqual([2003, '没有找到这台登录设备'])
    await Promise.all([here, stranger].map(isSignedIn))
  })

  test('of 20 parallel calls that end a session, exactly one reports it as ended', async () => {
    const [here, there] = (await devices(2)) as [Person, Person]
    const id = await idOf(there)
    const answers = await Promise.all(Array.from({ length: 20 }, () => end(here, id)))
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 0))
    expect(answers.reduce((sum, { data }) => sum + data.ended, 0)).toBe(1)
  })

  test('ending a session while it refreshes leaves none of its tokens alive', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [here, there] = (await devices(2)) as [Person, Person]
      const id = await idOf(there)
      const body = { refresh_token: there.refreshToken }
      const [ended, refreshed] = await Promise.all([
        end(here, id),
        service.client.post('/api/auth/refresh', { body, headers: { 'User-Agent': 'there' } }),
      ])
      expect(ended.data).toEqual({ ended: 1 })
      expect([0, 2002]).toContain(refreshed.code)
      const { access_token: token = there.token, refresh_token: refreshToken = there.refreshToken } =
        refreshed.data ?? {}
      await isSignedOut({ ...there, token, refreshToken })
    }
  })

  test('the routes of sessions need a token', async () => {
    for (const which of ['others', 'NOSUCHSESSION'])
      expect((await service.client.delete(`/api/user/sessions/${which}`)).code).toBe(2001)
    expect((await service.client.get('/api/user/sessions')).code).toBe(2001)
  })
})

describe('ending the others', () => {
  test('ending the others signs out all of the caller’s devices except this one, and nobody else’s', async () => {
    const [here, ...others] = await devices(4)
    const stranger = await signIn(service)
    await Promise.all(others.map(isSignedIn))
    expect((await end(here as Person, 'others')).data).toEqual({ ended: 3 })
    for (const other of others) await isSignedOut(other)
    await Promise.all([here as Person, stranger].map(isSignedIn))
    expect((await end(here as Person, 'others')).data).toEqual({ ended: 0 })
  })

  test('two devices that end the others at the same moment, on two replicas, end each session once', async () => {
    const { JWT_SECRET = '' } = service.services.config
    const settings = { DATABASE_URL: service.databaseUrl, JWT_SECRET, JOBS: 'off', OCR: 'off', DIALECTS: 'off' }
    const replica = await startProgram(settings)
    const clients = [service.client, await createClient(replica.url)]
    const [one, two, ...others] = (await devices(6)) as [Person, Person, ...Person[]]
    const answers = await Promise.all([end(one, 'others', clients[0]), end(two, 'others', clients[1])])
    const ended = answers.reduce((sum, { data }) => sum + (data?.ended ?? 0), 0)
    const left = await service.database.query('SELECT 1 FROM sessions WHERE revoked_at IS NULL')
    expect(ended).toBe(6 - left.length)
    for (const other of others) await isSignedOut(other)
    expect(await replica.kill()).toBe(0)
  })
})

describe('a sign-in on a new device', () => {
  const iPhone = { brand: 'iPhone', model: 'iPhone 13', system: 'iOS 17.1' }
  const signInOn = (phone: string, device_info?: object, token?: string) =>
    service.client.post('/api/auth/login', { token, body: { phone, code: '123456', device_info } })
  const toldTo = (socket: SocketClient) => socket.of('system_notification').map(({ data }) => data)
  /** Whatever was pushed before has arrived once a ping is answered. */
  const settled = async (socket: SocketClient) => {
    const pongs = socket.of('pong').length
    socket.send({ type: 'ping' })
    await socket.next('pong', pongs + 1)
  }

  test('is told to the account’s other devices, by the device’s name, and to nobody else', async () => {
    const [here, there] = (await devices(2)) as [Person, Person]
    const stranger = await signIn(service)
    const [first, second, foreign] = await Promise.all(
      [here, there, stranger].map((who) => connectAs(service.url, who)),
    )
    expect((await signInOn(here.phone, iPhone)).code).toBe(0)
    for (const socket of [first, second] as SocketClient[]) {
      await socket.next('system_notification')
      expect(toldTo(socket)).toMatchObject([{ title: '新设备登录', notification_type: 'warning' }])
      expect(toldTo(socket)[0].content).toContain('“iPhone 13 · iOS 17.1”')
    }
    await settled(foreign as SocketClient)
    expect(toldTo(foreign as SocketClient)).toEqual([])
  })

  test('is told of each of 10 at the same time, once', async () => {
    const person = await signIn(service)
    const socket = await connectAs(service.url, person)
    await Promise.all(Array.from({ length: 10 }, () => signInOn(person.phone)))
    await socket.next('system_notification', 10)
    await settled(socket)
    expect(toldTo(socket)).toHaveLength(10)
  })

  test('is not told of a device that proves by its token to be one of the account’s', async () => {
    const [here, there] = (await devices(2)) as [Person, Person]
    const socket = await connectAs(service.url, here)
    expect((await signInOn(there.phone, iPhone, there.refreshToken)).code).toBe(0)
    await settled(socket)
    expect(toldTo(socket)).toEqual([])
    const stranger = await signIn(service)
    expect((await signInOn(here.phone, iPhone, stranger.token)).code).toBe(0)
    await socket.next('system_notification')
  })

  test('is not told of a sign-in that was refused, or of the account’s first', async () => {
    const person = await signIn(service)
    const socket = await connectAs(service.url, person)
    const body = { phone: person.phone, code: '654321' }
    expect((await service.client.post('/api/auth/login', { body })).code).toBe(1002)
    expect((await signInOn(newPhone())).data.is_new_user).toBe(true)
    await settled(socket)
    expect(toldTo(socket)).toEqual([])
  })
})

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { RedisClient } from 'bun'
import { createRateLimit } from '../../src/http/rate-limits.ts'
import { createLogger } from '../../src/lib/logger.ts'
import { createRelay, type Relay } from '../../src/realtime/relay.ts'
import { figuresNow } from '../support/figures.ts'
import { newPhone, signIn } from '../support/people.ts'
import { startRedis } from '../support/redis.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, type SocketClient, until } from '../support/sockets.ts'

const redis = await startRedis()
const service = useService({ REDIS_URL: redis.url, RATE_LIMIT: 'on', RATE_LIMIT_ADDRESS: '100000' })
const secret = 'tests-only-0123456789-abcdefghijklmnop'
const nextSecret = 'tests-only-9876543210-ponmlkjihgfedcba'

/** Someone who has Redis' password, and not the service's secret. */
const thief = new RedisClient(redis.url)
const ear = new RedisClient(redis.url)
const overheard: string[] = []
let channel = ''
const relays: Relay[] = []

beforeAll(async () => {
  const found = (await thief.send('PUBSUB', ['CHANNELS', 'restaurant-points:*'])) as string[]
  channel = found.find((name) => name.split(':').length === 2) ?? ''
  await ear.subscribe(channel, (text) => overheard.push(text))
})
afterEach(closeSockets)
afterAll(async () => {
  for (const relay of relays) await relay.close()
  for (const client of [thief, ear]) client.close()
  await redis.kill()
})

type Told = Parameters<Relay['tell']>[0]

/** A replica's end of the relay; `heard` is what the others told it. */
async function relayOf(own: string, previous?: string): Promise<{ relay: Relay; heard: Told[]; forged: () => number }> {
  const heard: Told[] = []
  let forged = 0
  const relay = createRelay({
    url: redis.url,
    secret: own,
    previousSecret: previous,
    onMessage: (message) => heard.push(message),
    onReady: () => {},
    onLost: () => {},
    onForged: () => {
      forged += 1
    },
    logger: createLogger({ level: 'silent', format: 'json' }),
  })
  relays.push(relay)
  await relay.settled(5_000)
  return { relay, heard, forged: () => forged }
}

const notice = (content: string): Told => {
  const timestamp = new Date().toISOString()
  const data = { title: '公告', content, notification_type: 'info', timestamp } as const
  return { kind: 'pushes', pushes: [{ to: 'everyone', type: 'system_notification', data }] }
}
const contents = (socket: SocketClient) => socket.of('system_notification').map(({ data }) => data.content)
const forgedCount = async () => (await figuresNow(service)).get('relay_forged_total')

test('a message that no replica wrote is dropped and counted, and one that a replica wrote is heard', async () => {
  const person = await signIn(service)
  const socket = await connectAs(service.url, person)
  const { relay } = await relayOf(secret)
  relay.tell(notice('真的'))
  await until(() => contents(socket).length === 1 && overheard.length > 0)
  const genuine = overheard.at(-1) ?? ''
  const [mac = '', sender = '', number = ''] = genuine.split(' ')
  const false_ = JSON.stringify(notice('假的'))
  const before = (await forgedCount()) ?? 0
  const forgeries = [
    false_,
    `${sender} ${false_}`,
    `${mac} ${sender} ${number} ${false_}`,
    `${mac} ${sender} ${Number(number) + 1} ${genuine.split(' ').slice(3).join(' ')}`,
    `${'A'.repeat(43)} ${sender} 99 ${false_}`,
    ` ${sender} 99 ${false_}`,
    genuine,
    JSON.stringify({ kind: 'session_ended', session_id: await sessionOf(person.userId) }),
    '',
  ]
  for (const forgery of forgeries) await thief.publish(channel, forgery)
  await until(async () => ((await forgedCount()) ?? 0) >= before + forgeries.length)
  relay.tell(notice('又是真的'))
  await until(() => contents(socket).length > 1)
  expect(contents(socket)).toEqual(['真的', '又是真的'])
  expect(await forgedCount()).toBe(before + forgeries.length)
  expect((await service.client.get('/api/user/status', { token: person.token })).code).toBe(0)
})

async function sessionOf(userId: number): Promise<string> {
  const [row] = await service.database.query<{ session_id: string }>(
    'SELECT session_id FROM sessions WHERE user_id = ?',
    [userId],
  )
  return row?.session_id ?? ''
}

test('what the service sends can’t be sent to it again', async () => {
  const person = await signIn(service)
  const { heard, forged } = await relayOf(secret)
  overheard.length = 0
  await service.client.post('/api/user/check-in', { token: person.token })
  await until(() => heard.length > 0 && overheard.length > 0)
  const [first = ''] = overheard
  await thief.publish(channel, first)
  await until(() => forged() === 1)
  expect(heard.length).toBe(overheard.length - 1)
})

test('replicas that have changed their secret and those that have not hear each other', async () => {
  const [old, changed] = [await relayOf(secret, nextSecret), await relayOf(nextSecret, secret)]
  old.relay.tell(notice('旧'))
  changed.relay.tell(notice('新'))
  await until(() => old.heard.length > 0 && changed.heard.length > 0)
  await Bun.sleep(200)
  expect([old.heard.length, changed.heard.length, old.forged(), changed.forged()]).toEqual([1, 1, 0, 0])
})

/** Every command that Redis is sent during `work`. */
async function commandsDuring(work: () => Promise<unknown>): Promise<string> {
  const { hostname, port } = new URL(redis.url)
  let heard = ''
  const monitor = connect(Number(port), hostname)
  monitor.on('data', (data) => {
    heard += data.toString()
  })
  monitor.write('MONITOR\r\n')
  await until(() => heard.includes('OK'))
  await work()
  await thief.send('ECHO', ['the end'])
  await until(() => heard.includes('the end'))
  monitor.destroy()
  return heard
}

describe('the keys in Redis', () => {
  test('no command holds a phone or an address, also when a use is given back', async () => {
    const phone = newPhone()
    const commands = await commandsDuring(async () => {
      const send = () => service.client.post('/api/auth/send-code', { body: { phone } })
      expect((await send()).code).toBe(0)
      expect((await send()).code).toBe(1003)
      await service.client.post('/api/auth/login', { body: { phone, code: '000000' } })
      const limit = createRateLimit('given-back', 1, 60, true, relays[0]?.redis)
      for (let i = 0; i < 3; i += 1) await (await limit.take(phone)).giveBack()
    })
    expect(commands).toContain('"DEL"')
    expect(commands).not.toContain(phone)
    expect(commands.replace(/\[\d+ 127\.0\.0\.1:\d+\]/g, '')).not.toContain('127.0.0.1')
  })

  test('a use that is given back leaves no count behind', async () => {
    const who = newPhone()
    const limit = createRateLimit('left-behind', 1, 60, true, relays[0]?.redis)
    await (await limit.take(who)).giveBack()
    expect(await thief.send('KEYS', ['*:left-behind:*'])).toEqual([])
  })

  test('no key holds a phone or an address, and people are still counted apart', async () => {
    const [phone, another] = [newPhone(), newPhone()]
    const login = async (of: string) =>
      (await service.client.post('/api/auth/login', { body: { phone: of, code: '000000' } })).code
    await service.client.post('/api/auth/send-code', { body: { phone } })
    const codes: number[] = []
    for (let i = 0; i < 11; i += 1) codes.push(await login(phone))
    expect(codes).toEqual([...Array(10).fill(1002), 9006])
    expect(await login(another)).toBe(1002)
    const keys = (await thief.send('KEYS', ['*'])) as string[]
    expect(keys.some((key) => key.includes(':login:'))).toBe(true)
    for (const key of keys) {
      expect(key).toMatch(/^restaurant-points:limit:[\w-]+:[\w-]{22}$/)
      expect(key).not.toContain(phone)
      expect(key).not.toContain('127.0.0.1')
    }
  })
})

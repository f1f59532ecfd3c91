import { afterEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { usersTable } from '../../src/users/schema.ts'
import { givePoints, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, openSilently, type openSocket, until } from '../support/sockets.ts'

const service = useService()
const minute_ms = 60_000
const day_ms = 24 * 60 * minute_ms

afterEach(async () => {
  closeSockets()
  await until(() => service.services.realtime.sockets() === 0)
})

describe('limits', () => {
  test('a malformed frame gets one error, and the socket stays open', async () => {
    const socket = await connectAs(service.url, await signIn(service))
    const senseless = [
      '{',
      'null',
      '[]',
      '{"type":"dance"}',
      '{"type":"subscribe_products","product_ids":"all"}',
      '{"data":1}',
    ]
    for (const frame of senseless) socket.send(frame)
    await settled(socket)
    expect(socket.of('error').map(({ data }) => data.code)).toEqual([9001, 9000, 9000, 9000, 9000, 9000])
  })

  test('a frame over 4 KiB closes the socket with 1009, and a frame of 4 KiB does not', async () => {
    const socket = await connectAs(service.url, await signIn(service))
    socket.send('x'.repeat(4_096))
    await socket.next('error')
    socket.send('x'.repeat(4_097))
    expect(await socket.closed).toBe(1009)
  })

  test('a flood of frames closes the socket with 1008', async () => {
    const socket = await connectAs(service.url, await signIn(service))
    for (let i = 0; i < 200; i += 1) socket.send({ type: 'ping' })
    expect(await socket.closed).toBe(1008)
    expect(socket.of('pong').length).toBeLessThanOrEqual(60)
  })

  test('the eleventh socket of one user closes the oldest', async () => {
    const person = await signIn(service)
    const sockets = []
    for (let i = 0; i < 12; i += 1) sockets.push(await connectAs(service.url, person))
    expect(await Promise.all(sockets.slice(0, 2).map(({ closed }) => closed))).toEqual([4409, 4409])
    await givePoints(service, person, 1)
    await Promise.all(sockets.slice(2).map((socket) => socket.next('points_update')))
    expect(service.services.realtime.sockets()).toBe(10)
  })

  test('a client that does not read is disconnected, and none of its frames stay in memory', async () => {
    const person = await signIn(service)
    const slow = await openSilently(service.url, person.token)
    slow.tcp.pause()
    const before = process.memoryUsage.rss()
    const push = {
      to: { user_id: person.userId },
      type: 'system_notification',
      data: { title: 't', content: 'x'.repeat(8_000), notification_type: 'info', timestamp: new Date().toISOString() },
    } as const
    for (let i = 0; i < 200 && service.services.realtime.sockets() > 0; i += 1) {
      service.services.realtime.publish(Array.from({ length: 100 }, () => push))
      await Bun.sleep(1)
    }
    expect(service.services.realtime.sockets()).toBe(0)
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  })
})

describe('life', () => {
  test('the server pings every 30 s, and a client that answers stays connected', async () => {
    const person = await signIn(service)
    const [alive, silent] = [await connectAs(service.url, person), await openSilently(service.url, person.token)]
    const pings = () => silent.text().split('\u0089\u0000').length - 1
    for (let i = 1; i <= 3; i += 1) {
      service.clock.advance(30_000)
      await until(() => pings() >= i, 10_000)
    }
    service.clock.advance(30_000)
    await silent.ended
    alive.send({ type: 'ping' })
    await alive.next('pong')
  }, 20_000)

  test('a socket that is silent for 120 s is closed, however much is pushed to it', async () => {
    const person = await signIn(service)
    const silent = await openSilently(service.url, person.token)
    for (let i = 0; i < 3; i += 1) {
      service.clock.advance(39_000)
      await givePoints(service, person, 1)
    }
    await Bun.sleep(1_500)
    expect(service.services.realtime.sockets()).toBe(1)
    service.clock.advance(4_000)
    await silent.ended
    expect(silent.text()).toContain('silent for too long')
    await until(() => service.services.realtime.sockets() === 0)
  })

  test('setting the clock a day back or ahead closes no live socket and keeps no silent one open', async () => {
    const person = await signIn(service)
    service.clock.shift(-day_ms)
    const [alive, silent] = [await connectAs(service.url, person), await openSilently(service.url, person.token)]
    service.clock.shift(day_ms)
    await Bun.sleep(1_500)
    expect(service.services.realtime.sockets()).toBe(2)
    service.clock.shift(-day_ms)
    service.clock.advance(119_000)
    await settled(alive)
    service.clock.advance(1_000)
    await silent.ended
    await settled(alive)
  })

  test('a socket is closed with 4401 when its token expires', async () => {
    const socket = await connectAs(service.url, await signIn(service))
    service.clock.advance(2 * 60 * minute_ms)
    expect(await socket.closed).toBe(4401)
  })

  test('a logout closes the session’s sockets at once, and no other sockets of the user', async () => {
    const first = await signIn(service)
    const second = await signIn(service, first.phone)
    const [gone, stays] = [await connectAs(service.url, first), await connectAs(service.url, second)]
    await service.client.post('/api/auth/logout', { token: first.token })
    expect(await gone.closed).toBe(4401)
    stays.send({ type: 'ping' })
    await stays.next('pong')
  })

  test('the sockets of a session or account that was stopped in the database are closed within 30 s', async () => {
    const [banned, revoked] = [await signIn(service), await signIn(service)]
    const sockets = [await connectAs(service.url, banned), await connectAs(service.url, revoked)]
    await ban(banned.userId)
    await service.database.query('UPDATE sessions SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = ?', [
      revoked.userId,
    ])
    service.clock.advance(25_000)
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4401, 4401])
  })
})

async function ban(userId: number): Promise<void> {
  await service.database.orm.update(usersTable).set({ status: 'banned' }).where(eq(usersTable.user_id, userId))
}

/** Resolves when everything that was sent so far has been handled. */
async function settled(socket: Awaited<ReturnType<typeof openSocket>>): Promise<void> {
  const before = socket.of('pong').length
  socket.send({ type: 'ping' })
  await socket.next('pong', before + 1)
}

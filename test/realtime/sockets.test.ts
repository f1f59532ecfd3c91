import { afterEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { usersTable } from '../../src/users/schema.ts'
import { appoint, balanceOf, givePoints, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, openSilently, openSocket, until } from '../support/sockets.ts'

const service = useService()
const minute_ms = 60_000
const day_ms = 24 * 60 * minute_ms

afterEach(async () => {
  closeSockets()
  await until(() => service.services.realtime.sockets() === 0)
})

describe('the handshake', () => {
  test('a token is accepted in the query, in Authorization and in the subprotocols, on /ws and on /', async () => {
    const { token, userId } = await signIn(service)
    const bearer = { Authorization: `Bearer ${token}` }
    const ways = [
      { query: token },
      { headers: bearer },
      { protocols: ['bearer', token] },
      { query: token, path: '/' },
      { headers: bearer, path: '/' },
    ]
    for (const way of ways) {
      const socket = await openSocket(service.url, way)
      expect((await socket.next('connected')).data.user_id).toBe(userId)
      socket.close()
    }
  })

  test('the first subprotocol offered is echoed, whatever it is', async () => {
    const { token } = await signIn(service)
    for (const protocols of [['bearer', token], ['wss'], ['websocket', 'other']]) {
      const socket = await openSocket(service.url, { query: token, protocols })
      expect(socket.protocol).toBe(protocols[0] ?? '')
      socket.close()
    }
  })

  test('a bad token, an ended session and a banned account are refused with HTTP 401 and not upgraded', async () => {
    const ended = await signIn(service)
    await service.client.post('/api/auth/logout', { token: ended.token })
    const banned = await signIn(service)
    await ban(banned.userId)
    const tokens = ['nonsense', ended.token, banned.token, ended.refreshToken]
    for (const token of tokens) {
      const response = await fetch(`${service.url}/ws?token=${token}`, { headers: upgradeHeaders })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ data: null })
    }
  })

  test('a socket without a token authenticates with its first frame', async () => {
    const { token, userId } = await signIn(service)
    const socket = await openSocket(service.url, { path: '/ws?token=' })
    socket.send({ type: 'auth', token })
    socket.send({ type: 'ping' })
    await socket.next('pong')
    expect(socket.frames.map(({ type }) => type)).toEqual(['connected', 'pong'])
    expect(socket.frames[0]?.data.user_id).toBe(userId)
  })

  test('a socket that sends nothing for 5 s, another first frame or a bad token is closed with 4401', async () => {
    const [silent, rude, wrong] = [
      await openSocket(service.url),
      await openSocket(service.url),
      await openSocket(service.url),
    ]
    rude.send({ type: 'ping' })
    wrong.send({ type: 'auth', token: 'nonsense' })
    expect(await Promise.all([rude.closed, wrong.closed])).toEqual([4401, 4401])
    service.clock.advance(5_000)
    expect(await silent.closed).toBe(4401)
    expect([...silent.frames, ...rude.frames, ...wrong.frames]).toEqual([])
  })

  test('/ws tells a request without an upgrade that it needs one, and / answers the page', async () => {
    const plain = await fetch(`${service.url}/ws`)
    expect([plain.status, plain.headers.get('Upgrade')]).toEqual([426, 'websocket'])
    expect(plain.headers.get('X-Api-Code')).toBe('9001')
    expect((await fetch(service.url)).headers.get('Content-Type')).toStartWith('text/html')
  })
})

describe('pushes', () => {
  test('the first frame is connected and holds the balance', async () => {
    const person = await signIn(service)
    await givePoints(service, person, 234)
    const socket = await openSocket(service.url, { query: person.token })
    socket.send({ type: 'ping' })
    await socket.next('pong')
    expect(socket.frames[0]).toMatchObject({
      type: 'connected',
      data: { total_points: 1234, heartbeat_interval: 30_000, user_id: person.userId },
    })
  })

  test('a change of points reaches all devices of its user and nobody else', async () => {
    const [person, other] = [await signIn(service), await signIn(service)]
    const devices = await Promise.all([1, 2, 3].map(() => connectAs(service.url, person)))
    const stranger = await connectAs(service.url, other)
    await givePoints(service, person, 66)
    for (const device of devices) {
      expect((await device.next('points_update')).data).toMatchObject({
        user_id: person.userId,
        total_points: 1066,
        change_points: 66,
        reason: 'test',
        reason_code: 'admin',
      })
    }
    await settled(stranger)
    expect(stranger.of('points_update')).toEqual([])
  })

  test('a user who connects during 300 changes misses none: each total follows from the one before', async () => {
    const person = await signIn(service)
    const changes = Array.from({ length: 300 }, (_, i) => givePoints(service, person, i + 1))
    const sockets = []
    for (let i = 0; i < 8; i += 1) {
      sockets.push(await connectAs(service.url, person))
      await Bun.sleep(2)
    }
    await Promise.all(changes)
    const final = await balanceOf(service, person)
    for (const socket of sockets) {
      let total: number = socket.frames[0]?.data.total_points
      await until(() => (socket.of('points_update').at(-1)?.data.total_points ?? total) === final)
      for (const { data } of socket.of('points_update')) {
        expect(data.total_points).toBe(total + data.change_points)
        total = data.total_points
      }
      expect(total).toBe(final)
    }
  })

  test('a refused request pushes nothing', async () => {
    const person = await signIn(service)
    const product = await newProduct(service, 1, { exchange_points: 5_000 })
    const socket = await connectAs(service.url, person)
    const { code } = await service.client.post('/api/exchange/submit', {
      token: person.token,
      body: { product_id: product },
    })
    expect(code).toBe(4005)
    await givePoints(service, person, 1)
    await socket.next('points_update')
    expect(socket.frames.map(({ type }) => type)).toEqual(['connected', 'points_update'])
  })
})

describe('who hears what', () => {
  test('an exchange pushes the stock to everyone, and the points only to its user', async () => {
    const [person, other] = [await signIn(service), await signIn(service)]
    const product = await newProduct(service, 5)
    const [own, others] = [await connectAs(service.url, person), await connectAs(service.url, other)]
    const submit = { token: person.token, body: { product_id: product, quantity: 2 } }
    const { data } = await service.client.post('/api/exchange/submit', submit)
    for (const socket of [own, others]) {
      const stock = await socket.next('stock_update')
      expect(stock.data).toMatchObject({
        product_id: product,
        stock: 3,
        product_name: '测试商品',
        operation: 'purchase',
      })
    }
    expect((await own.next('points_update')).data).toMatchObject({ change_points: -20, reason_code: 'exchange' })
    await service.client.post(`/api/exchange/orders/${data.exchange_id}/cancel`, { token: person.token })
    expect((await others.next('stock_update', 2)).data).toMatchObject({ stock: 5, operation: 'cancel' })
    expect((await own.next('points_update', 2)).data.reason_code).toBe('exchange_cancel')
    expect(others.of('points_update')).toEqual([])
  })

  test('a socket that subscribes to products gets only their stock until it unsubscribes', async () => {
    const { token } = await signIn(service)
    const buyer = await signIn(service)
    const [wanted, unwanted] = [await newProduct(service, 9), await newProduct(service, 9)]
    const buy = (product_id: number) =>
      service.client.post('/api/exchange/submit', { token: buyer.token, body: { product_id } })
    const socket = await connectAs(service.url, { token })
    socket.send({ type: 'subscribe_products', product_ids: [wanted] })
    await settled(socket)
    await buy(unwanted)
    await buy(wanted)
    await socket.next('stock_update')
    socket.send({ type: 'subscribe_products', data: { product_ids: [unwanted] } })
    await settled(socket)
    await buy(wanted)
    await buy(unwanted)
    await socket.next('stock_update', 2)
    socket.send({ type: 'unsubscribe_products' })
    await settled(socket)
    await buy(wanted)
    await socket.next('stock_update', 3)
    await settled(socket)
    expect(socket.of('stock_update').map(({ data }) => data.product_id)).toEqual([wanted, unwanted, wanted])
  })

  test('a stock that arrives after a newer one is dropped, but a lower number much later is pushed', async () => {
    const socket = await connectAs(service.url, await signIn(service))
    const product_id = await newProduct(service, 1)
    await socket.next('stock_update')
    const timestamp = new Date().toISOString()
    const tell = (ledger_seq: number, stock: number) => {
      const data = { product_id, stock, product_name: '测试', operation: 'restock', timestamp } as const
      service.services.realtime.deliver([{ to: 'everyone', type: 'stock_update', ledger_seq, data }])
    }
    tell(8, 80)
    tell(7, 70)
    tell(8, 81)
    await settled(socket)
    const heard = () => socket.of('stock_update').map(({ data }) => data.stock)
    expect(heard()).toEqual([1, 80, 81])
    await Bun.sleep(5_100)
    tell(2, 20)
    await settled(socket)
    expect(heard()).toEqual([1, 80, 81, 20])
  }, 15_000)

  test('only merchants get the pushes for merchants, from the moment they become one', async () => {
    const [diner, merchant] = [await signIn(service), await signIn(service)]
    await appoint(service, merchant, 'manager')
    const [plain, shop] = [
      await connectAs(service.url, diner),
      await connectAs(service.url, await signIn(service, merchant.phone)),
    ]
    const tell = () =>
      service.services.realtime.publish([
        {
          to: 'merchants',
          type: 'merchant_notification',
          data: { event: 'new_review', upload_id: 'UP_1', input_amount: '88.50', timestamp: new Date().toISOString() },
        },
      ])
    tell()
    await shop.next('merchant_notification')
    await appoint(service, diner, 'manager')
    await appoint(service, merchant, null)
    service.clock.advance(15_000)
    await until(() => {
      tell()
      return plain.of('merchant_notification').length > 0
    }, 10_000)
    // One round checked both: from here on only the new merchant gets the pushes.
    await settled(shop)
    const heard = shop.of('merchant_notification').length
    tell()
    await plain.next('merchant_notification', 2)
    await settled(shop)
    expect(shop.of('merchant_notification')).toHaveLength(heard)
  })
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

const upgradeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

async function ban(userId: number): Promise<void> {
  await service.database.orm.update(usersTable).set({ status: 'banned' }).where(eq(usersTable.user_id, userId))
}

/** Resolves when everything that was sent so far has been handled. */
async function settled(socket: Awaited<ReturnType<typeof openSocket>>): Promise<void> {
  const before = socket.of('pong').length
  socket.send({ type: 'ping' })
  await socket.next('pong', before + 1)
}

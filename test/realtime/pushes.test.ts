import { afterEach, describe, expect, test } from 'bun:test'
import { appoint, balanceOf, givePoints, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, openSocket, until } from '../support/sockets.ts'

const service = useService()

afterEach(async () => {
  closeSockets()
  await until(() => service.services.realtime.sockets() === 0)
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

/** Resolves when everything that was sent so far has been handled. */
async function settled(socket: Awaited<ReturnType<typeof openSocket>>): Promise<void> {
  const before = socket.of('pong').length
  socket.send({ type: 'ping' })
  await socket.next('pong', before + 1)
}

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { storeFindings } from '../../../src/receipts/store-findings.ts'
import { type Phone, phoneOf, usesOf } from '../../support/mini-program.ts'
import { givePoints, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService({ DIALECTS: 'on' })
let phone: Phone
let diner: Person
const sockets: WebSocket[] = []

beforeEach(async () => {
  phone = phoneOf(service)
  diner = await signIn(service)
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

// biome-ignore lint/suspicious/noExplicitAny: frames are read as builds read them
type Frame = Record<string, any>

/** Connects like a build: `wx.connectSocket` with its subprotocols. */
async function connect(path: string, protocols: string[], { token }: Person) {
  const url = `${service.url.replace('http', 'ws')}${path}?token=${encodeURIComponent(token)}&client_type=miniprogram`
  const socket = new WebSocket(url, protocols)
  sockets.push(socket)
  const frames: Frame[] = []
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))))
  await until(() => frames.length > 0)
  const next = async (type: string, count = 1) => {
    await until(() => frames.filter((frame) => frame.type === type).length >= count)
    return frames.filter((frame) => frame.type === type)[count - 1] as Frame
  }
  return { socket, frames, next, send: (frame: object) => socket.send(JSON.stringify(frame)) }
}

test.each([
  ['/ws', ['wss']],
  ['/ws', ['websocket']],
  ['/ws', ['websocket', 'wss']],
  ['/ws', []],
  ['/', ['wss']],
])('a build can connect to %s and offer %p', async (path, protocols) => {
  const { socket, frames } = await connect(path, protocols, diner)
  expect(socket.protocol).toBe(protocols[0] ?? '')
  expect(frames[0]).toMatchObject({
    type: 'connected',
    event: 'connected',
    data: { total_points: 1000, points: 1000, new_balance: 1000 },
  })
})

describe('frames to the client', () => {
  test('a push of points has every name that builds know', async () => {
    const { next } = await connect('/ws', ['wss'], diner)
    await phone.request('/lottery/draw', { method: 'POST', token: diner.token, data: { type: '单抽' } })
    const { event, data, timestamp } = await next('points_update')
    expect(event).toBe('point_updated')
    expect(data).toMatchObject({
      user_id: diner.userId,
      total_points: 900,
      points: 900,
      new_balance: 900,
      change_points: -100,
      change_amount: -100,
      reason_code: 'lottery',
      source: 'lottery',
      reason_text: data.reason,
      timestamp,
    })
  })

  test('pushes of stock and reviews have their aliases, and a system notification is also sent as system_notice', async () => {
    const staff = await signInMerchant(service)
    const id = await newProduct(service, 5)
    const { next } = await connect('/ws', ['wss'], diner)
    await phone.request('/exchange/redeem', { method: 'POST', token: diner.token, data: { id } })
    expect(await next('stock_update')).toMatchObject({ event: 'stock_updated', data: { product_id: id, stock: 4 } })
    const upload_id = await newUpload(service, diner)
    await phone.request('/merchant/review', {
      method: 'POST',
      token: staff.token,
      data: { id: upload_id, action: 'approved' },
    })
    expect(await next('review_result')).toMatchObject({
      event: 'review_completed',
      data: { upload_id, user_id: diner.userId, status: 'approved', points_awarded: 885 },
    })
    const notice = {
      title: '维护',
      content: '今晚',
      notification_type: 'warning',
      timestamp: new Date().toISOString(),
    } as const
    service.services.realtime.publish([{ to: 'everyone', type: 'system_notification', data: notice }])
    expect((await next('system_notification')).data).toEqual(notice)
    expect((await next('system_notice')).data).toEqual({ ...notice, type: 'warning' })
    expect(await usesOf(service, 'socket system_notification > system_notice')).toBeGreaterThan(0)
  })
})

test('the push of a late reading has only the contract’s fields, and the other frames stay the same', async () => {
  const staff = await signInMerchant(service)
  const upload_id = await newUpload(service, diner)
  const { frames, next } = await connect('/ws', ['wss'], diner)
  const reading = { amount_fen: 7_900, paidAt: null, merchantName: null, receiptNumber: null, text: '' }
  await service.services.till.run(storeFindings, { uploadId: upload_id, userId: diner.userId, reading, flags: [] })
  const { timestamp, ...told } = await next('receipt_read')
  const data = { upload_id, recognized_amount: '79.00', estimated_points: 790, timestamp }
  expect(told).toEqual({ type: 'receipt_read', event: 'receipt_read', data })
  await phone.request('/merchant/review', {
    method: 'POST',
    token: staff.token,
    data: { id: upload_id, action: 'approved' },
  })
  await next('points_update')
  expect(frames.map(({ type, event }) => [type, event])).toEqual([
    ['connected', 'connected'],
    ['receipt_read', 'receipt_read'],
    ['review_result', 'review_completed'],
    ['points_update', 'point_updated'],
  ])
})

describe('frames from the client', () => {
  test.each(['ping', 'heartbeat'])('a frame %s is answered with pong', async (type) => {
    const { next, send } = await connect('/ws', ['wss'], diner)
    send({ type, data: { client_time: new Date().toISOString() }, timestamp: 'x', message_id: 'msg_1' })
    expect((await next('pong')).data.server_time).toEndWith('Z')
  })

  test('subscribe limits stock pushes to products, and unsubscribe brings all of them back', async () => {
    const { frames, next, send } = await connect('/ws', ['wss'], diner)
    const [one, other] = [await newProduct(service, 5), await newProduct(service, 5)]
    const buy = (id: number) => phone.request('/exchange/redeem', { method: 'POST', token: diner.token, data: { id } })
    const round = async (count: number) => {
      send({ type: 'heartbeat' })
      await next('pong', count)
    }
    send({ type: 'subscribe', data: { target: 'products', product_ids: [one] } })
    await round(1)
    await buy(other)
    await buy(one)
    expect((await next('stock_update')).data.product_id).toBe(one)
    send({ type: 'unsubscribe', data: { target: 'products' } })
    await round(2)
    await buy(other)
    expect((await next('stock_update', 2)).data.product_id).toBe(other)
    expect(frames.filter(({ type }) => type === 'error')).toEqual([])
  })

  test('a wrong frame gets the same error as without the alias', async () => {
    const { frames, send } = await connect('/ws', ['wss'], diner)
    const wrong = [
      { type: 'subscribe' },
      { type: 'subscribe', data: { target: 'orders' } },
      { type: 'subscribe', data: { target: 'products', product_ids: ['1'] } },
      { type: 'subscribe', data: { target: 'products', product_ids: Array(201).fill(1) } },
      { type: 'HEARTBEAT' },
      [],
      7,
    ]
    for (const frame of wrong) send(frame as object)
    await until(() => frames.filter(({ type }) => type === 'error').length === wrong.length)
    for (const { data } of frames.filter(({ type }) => type === 'error')) expect(data.code).toBe(9000)
  })

  test('an unauthenticated socket must still authenticate with its first frame', async () => {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/ws`)
    sockets.push(socket)
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
    socket.addEventListener('open', () => socket.send('{"type":"heartbeat"}'))
    expect(await closed).toBe(4401)
  })
})

test('a push of points reaches only the user whose points changed', async () => {
  const other = await signIn(service)
  const { frames, next } = await connect('/ws', [], other)
  await givePoints(service, diner, 5)
  await givePoints(service, other, 6)
  expect((await next('points_update')).data.user_id).toBe(other.userId)
  expect(frames.filter(({ type }) => type === 'points_update')).toHaveLength(1)
})

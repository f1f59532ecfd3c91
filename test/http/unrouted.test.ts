import { describe, expect, test } from 'bun:test'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'bun'
import { samplesOf, sumOf } from '../support/figures.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ CORS_ORIGINS: 'https://console.example.com', METRICS_TOKEN: 'metrics-0123456789' })
const login = '/api/auth/login'

const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = login) =>
  service.client.post(path, { raw: body, headers })

describe('requests without a route', () => {
  test.each([
    '/api/nowhere',
    '/nowhere',
    '/api',
    '/api/user/',
    '/api/lottery/config/',
    '/api/user/../../etc/passwd',
    '/%00',
  ])('GET %s is 404 with 9002, with or without a token', async (path) => {
    expect(await service.client.get(path)).toMatchObject({ status: 404, code: 9002, data: null })
  })

  test('a known path with another method is 405 with 9003 and the header Allow', async () => {
    const answer = await service.client.put('/api/lottery/draw')
    expect([answer.status, answer.code, answer.headers.get('Allow')]).toEqual([405, 9003, 'POST'])
    expect((await service.client.delete('/api/user/info')).headers.get('Allow')).toBe('GET, HEAD, PUT')
  })

  test('a request without a host, as some balancers send, finds its route', async () => {
    const { hostname, port } = new URL(service.url)
    for (const [path, status] of [
      ['/health', 200],
      ['/api/nowhere', 404],
    ]) {
      let text = ''
      const closed = Promise.withResolvers<void>()
      const socket = {
        open: (socket: Socket) => void socket.write(`GET ${path} HTTP/1.0\r\n\r\n`),
        data(_: Socket, data: Buffer) {
          text += data.toString()
        },
        close: () => closed.resolve(),
      }
      await Bun.connect({ hostname, port: Number(port), socket })
      await closed.promise
      expect(text).toContain(` ${status} `)
    }
  })

  test.each([
    ['', 1001],
    ['{}', 1001],
    ['[]', 9000],
    ['"x"', 9000],
    ['null', 9000],
    ['7', 9000],
  ])('a body of %p is JSON, and is judged by its fields', async (body, code) => {
    expect(await raw(body)).toMatchObject({ status: 200, code })
  })

  test.each([
    '{',
    '{"phone":',
    '{"phone":"1"}x',
    "{'a':1}",
    '{"a":1,}',
    'phone=1',
    '\u0000',
    '{"phone":"1","phone":"2"}',
    '['.repeat(5_000),
  ])('a body of %p is 400 with 9001', async (body) => {
    expect(await raw(body)).toMatchObject({ status: 400, code: 9001, data: null })
  })

  test.each(['/api/user/check-in', '/api/auth/logout', '/api/exchange/orders/EX_1/cancel'])(
    'a malformed body is 400 with 9001 and changes nothing on %s, although this route ignores its body',
    async (path) => {
      const { token } = await signIn(service)
      for (const body of ['{"a":1', '{"a":tru', '{"a":1}}', 'nul'])
        expect(await service.client.post(path, { raw: body, token })).toMatchObject({ status: 400, code: 9001 })
      expect((await service.client.get('/api/user/info', { token })).data.user_info.total_points).toBe(1000)
    },
  )

  test('a body of invalid UTF-8 is 400 with 9001', async () => {
    expect(await raw(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({
      status: 400,
      code: 9001,
    })
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/json; charset=gbk',
    'application/json; charset="gbk"',
    'application/json; version=1; charset=gb18030',
    'application/json, application/json; charset=gbk',
    'application/jsonp',
    'application/json-patch+json',
    'text/plain; application/json',
    '',
  ])('a body of type %p is 415 with 9005', async (type) => {
    expect(await raw('{}', { 'Content-Type': type })).toMatchObject({ status: 415, code: 9005 })
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/json;charset=utf8',
    'application/json; charset="utf-8"',
    "application/json; charset='UTF-8'",
    'application/json;',
    'application/json; charset=utf-8;',
    'application/json ; charset = utf-8 ; boundary=x',
    'application/json; version=1.0',
    'application/json;odata=verbose;charset=UTF-8',
    'application/json, application/json; charset=utf-8',
  ])('a body of type %p is read', async (type) => expect((await raw('{}', { 'Content-Type': type })).code).toBe(1001))

  test('an empty value in a query counts as missing', async () => {
    const { token } = await signIn(service)
    for (const path of [
      '/user/points/records?type=&source=&page=&limit=',
      '/lottery/records?draw_type=&prize_type=',
      '/exchange/products?category=&min_points=&max_points=&stock_status=&sort_by=&sort_order=',
      '/exchange/orders?status=',
      '/photo/history?status=',
      '/user/vouchers?status=&kind=',
    ]) {
      const bare = await service.client.get(`/api${path.split('?')[0]}`, { token })
      const answer = await service.client.get(`/api${path}`, { token })
      expect([path, answer.code, answer.data]).toEqual([path, 0, bare.data])
    }
    expect((await service.client.get('/api/exchange/orders?status=%20', { token })).code).toBe(9000)
  })

  test('a body that is too large is 413 with 9004, whatever length it declares', async () => {
    const large = `{"phone":"${'1'.repeat(300_000)}"}`
    expect(await raw(large)).toMatchObject({ status: 413, code: 9004 })
    const pieces = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i += 1) controller.enqueue(new TextEncoder().encode('x'.repeat(10_000)))
        controller.close()
      },
    })
    const headers = { 'Content-Type': 'application/json' }
    const streamed = await fetch(`${service.url}${login}`, { method: 'POST', headers, body: pieces })
    expect([streamed.status, ((await streamed.json()) as { code: number }).code]).toEqual([413, 9004])
  })

  test('a huge body is refused as 413 with 9004 before it is read', async () => {
    expect(await raw(new Uint8Array(20 * 1024 * 1024))).toMatchObject({ status: 413, code: 9004 })
  })

  test('the time in which a client sends its body does not count as the route’s time', async () => {
    const timed = async (what: 'sum' | 'count') => {
      const figures = samplesOf(await service.services.metrics.text())
      return sumOf(figures, `http_request_duration_seconds_${what}`, `route="${login}"`)
    }
    const { port, hostname } = new URL(service.url)
    const before = [await timed('sum'), await timed('count')] as const
    const socket = connect(Number(port), hostname)
    const head = [`POST ${login} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', 'Content-Length: 2']
    socket.write(`${head.join('\r\n')}\r\n\r\n{`)
    await Bun.sleep(1_000)
    socket.write('}')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(answer.toString()).toMatch(/x-api-code: 1001/i)
    expect((await timed('count')) - before[1]).toBe(1)
    expect((await timed('sum')) - before[0]).toBeLessThan(0.9)
  })

  test.each(['2000000000', '9007199254740991'])('a body that declares %s bytes is 413 with 9004', async (length) => {
    const { port, hostname } = new URL(service.url)
    const socket = connect(Number(port), hostname)
    const head = [`POST ${login} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', `Content-Length: ${length}`]
    socket.write(`${head.join('\r\n')}\r\n\r\n{`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 .*x-api-code: 9004/is)
  })
})

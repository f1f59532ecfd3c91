import { describe, expect, test } from 'bun:test'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'bun'
import { samplesOf, sumOf } from '../support/figures.ts'
import { newProduct, signIn } from '../support/people.ts'
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

describe('every answer', () => {
  test('an answer carries the request’s id if that is well-formed, else a new id', async () => {
    const idOf = async (id: string) =>
      (await service.client.get('/api/nowhere', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')
    expect(await idOf('abc-123.X_y')).toBe('abc-123.X_y')
    for (const bad of ['a b', 'x'.repeat(65), '<script>']) expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('no answer is cached, sniffed or framed', async () => {
    const { headers } = await service.client.get('/api/user/info')
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  })

  test('only the configured origins may read answers', async () => {
    const allowed = async (origin: string) =>
      (await fetch(`${service.url}/api/user/info`, { headers: { Origin: origin } })).headers.get(
        'Access-Control-Allow-Origin',
      )
    expect(await allowed('https://console.example.com')).toBe('https://console.example.com')
    expect(await allowed('https://evil.example.com')).toBeNull()
    const preflight = await fetch(`${service.url}/api/user/info`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://console.example.com', 'Access-Control-Request-Method': 'PUT' },
    })
    expect(preflight.status).toBe(204)
    const { headers } = await fetch(`${service.url}/api/user/info`, {
      headers: { Origin: 'https://console.example.com' },
    })
    expect(headers.get('Access-Control-Expose-Headers')).toContain('X-Api-Code')
  })

  test('an internal failure answers with the code of its family and reveals no details', async () => {
    const { token } = await signIn(service)
    await service.database.query('RENAME TABLE points_records TO hidden_records')
    const answer = await service.client.get('/api/user/points/records', { token }).catch((error: Error) => error)
    await service.database.query('RENAME TABLE hidden_records TO points_records')
    expect(answer).toMatchObject({ status: 200, code: 2000, data: null })
    expect(JSON.stringify(answer)).not.toMatch(/points_records|SELECT|mysql|socket/i)
  })
})

test('a bad field is explained in Chinese, in the schema’s own sentence or the library’s', async () => {
  const { token } = await signIn(service)
  const messages = async (body: object) =>
    (await service.client.put('/api/user/info', { token, body })).data.issues.map(
      ({ path, message }: { path: string; message: string }) => `${path}: ${message}`,
    )
  expect(await messages({ nickname: 'a\u0000', avatar: 'x' })).toEqual([
    'nickname: 含有不支持的字符',
    'avatar: 应为链接',
  ])
  expect(await messages({ nickname: 'x'.repeat(51) })).toEqual(['nickname: 数值过大：期望 string <=50 字符'])
})

describe('unknown fields', () => {
  test('unknown fields are dropped, whatever their names', async () => {
    const { token, userId } = await signIn(service)
    const body = { nickname: 'n', __proto__: 1, constructor: { a: 1 }, user_id: 1, status: 'banned', ledger_seq: 9 }
    expect((await service.client.put('/api/user/info', { token, body })).code).toBe(0)
    const [row] = await service.database.query('SELECT status, ledger_seq FROM users WHERE user_id = ?', [userId])
    expect(row).toEqual({ status: 'active', ledger_seq: 1 })
  })

  test('prototype keys in JSON do not change any prototype', async () => {
    await raw('{"phone":"1","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('an idempotency key', () => {
  test.each(['a b', 'a\tb', 'x'.repeat(65), 'é', ''])(
    'a key of %p is refused with 9000 and changes nothing',
    async (key) => {
      const { token } = await signIn(service)
      const checkIn = (headers: Record<string, string>) => service.client.post('/api/user/check-in', { token, headers })
      expect((await checkIn({ 'Idempotency-Key': key })).code).toBe(9000)
      expect((await checkIn({ 'Idempotency-Key': 'x'.repeat(64) })).code).toBe(0)
    },
  )
})

describe('operators', () => {
  test('health answers without the envelope', async () => {
    const response = await fetch(`${service.url}/health`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ status: 'healthy', version: '1.0.0', checks: { database: 'ok' } })
  })

  test('metrics are shown only with the token', async () => {
    await signIn(service)
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404)
    const response = await fetch(`${service.url}/metrics`, { headers: { Authorization: 'Bearer metrics-0123456789' } })
    const text = await response.text()
    for (const name of [
      'http_requests_total',
      'till_batch_operations_bucket',
      'till_commit_seconds',
      'till_retries_total',
      'db_connections',
    ]) {
      expect(text).toContain(name)
    }
    expect(text).toContain('route="/api/auth/login",code="0"')
  })

  test('the figures are computed at most once a second, however many ask', async () => {
    const headers = { Authorization: 'Bearer metrics-0123456789' }
    let computed = 0
    service.services.metrics.watch({ looks: { help: 'Times the figures were computed', read: () => ++computed } })
    const startedAt = performance.now()
    const ask = () => fetch(`${service.url}/metrics`, { headers }).then((page) => page.text())
    for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: 10 }, ask))
    expect(computed).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 1_000))
    await Bun.sleep(1_000)
    expect(await ask()).toContain(`looks ${computed}`)
  })
})

test('hostile strings in every input change nothing that they should not change', async () => {
  const { token } = await signIn(service)
  const id = await newProduct(service, 5)
  const hostile = ["'; DROP TABLE users; --", '../../etc/passwd', '\u202e', '%s%n', '{{7*7}}', '<script>', '\\', '💥']
  for (const text of hostile) {
    await service.client.get(`/api/exchange/products?category=${encodeURIComponent(text)}`, { token })
    await service.client.put('/api/user/info', { token, body: { nickname: text } })
    await service.client.post('/api/exchange/submit', { token, body: { product_id: id, quantity: text } })
    await service.client.post(`/api/exchange/orders/${encodeURIComponent(text)}/cancel`, { token })
  }
  expect((await service.client.get('/api/user/info', { token })).data.user_info.nickname).toBe('💥')
})

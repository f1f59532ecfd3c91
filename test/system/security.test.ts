import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { givePoints, newPhone, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService({ PUBLIC_URL: 'https://points.example.com/', CORS_ORIGINS: 'https://console.example.com' })

const silence_ms = 400

/** Sends these bytes and returns all that comes back, until the other side closes or falls silent. */
async function exchange(request: string): Promise<string> {
  const { hostname, port } = new URL(service.url)
  let text = ''
  let isClosed = false
  const closed = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, bytes) {
        text += bytes.toString('latin1')
      },
      close: () => {
        isClosed = true
        closed.resolve()
      },
    },
  })
  socket.write(request)
  await until(() => isClosed || text !== '', 10_000)
  await Promise.race([closed.promise, Bun.sleep(silence_ms)])
  socket.end()
  return text
}

describe('headers', () => {
  test.each(['/api/user/info', '/api/docs', '/api/openapi.json', '/health', '/nowhere'])(
    'the headers of %s make browsers use https, and load nothing but the page itself',
    async (path) => {
      const { headers } = await fetch(`${service.url}${path}`)
      expect(headers.get('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains')
      const policy = headers.get('Content-Security-Policy')
      for (const directive of ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
        expect(policy).toContain(directive)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Referrer-Policy')).toBe('no-referrer')
      expect(headers.get('Set-Cookie')).toBeNull()
      expect(headers.get('Server')).toBeNull()
    },
  )

  test.each(['null', 'https://console.example.com.evil.example', 'http://console.example.com', 'file://'])(
    'no page of the origin %s can read an answer',
    async (Origin) => {
      const { headers } = await fetch(`${service.url}/api/user/info`, { headers: { Origin } })
      expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    },
  )
})

describe('request smuggling and other known attacks', () => {
  const body = '{"phone":"1"}'
  const post = (...lines: string[]) =>
    `${['POST /api/auth/send-code HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines].join('\r\n')}\r\n\r\n`
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n'

  test.each([
    ['a length and chunked encoding', `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`],
    ['two lengths', post('Content-Length: 13', 'Content-Length: 0') + body + hidden],
    ['a malformed length', post('Content-Length: +13') + body + hidden],
    ['an unknown encoding', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`],
  ])('a request with %s never becomes two', async (_, request) => {
    const answers = (await exchange(request)).match(/HTTP\/1\.1 \d+/g) ?? []
    expect(answers.length).toBeGreaterThan(0)
    expect(answers.filter((line) => line !== 'HTTP/1.1 400').length).toBeLessThanOrEqual(1)
    expect(answers.join()).not.toContain('404')
  })

  test('TRACE and CONNECT echo nothing', async () => {
    for (const method of ['TRACE', 'CONNECT']) {
      const answer = await exchange(`${method} /api/user/info HTTP/1.1\r\nHost: x\r\nX-Secret: never-echoed\r\n\r\n`)
      expect(answer).not.toContain('never-echoed')
      expect(answer).toMatch(/^HTTP\/1\.1 4/)
    }
  })

  test('a compressed body is not unpacked', async () => {
    const bomb = new Uint8Array(gzipSync(`{"phone":"${'1'.repeat(50_000_000)}"}`))
    const headers = { 'Content-Encoding': 'gzip' }
    expect((await service.client.post('/api/auth/send-code', { raw: bomb, headers })).code).toBe(9001)
  })

  test('a parameter that is given twice is refused', async () => {
    const { token } = await signIn(service)
    expect((await service.client.get('/api/lottery/records?page=1&page=2', { token })).code).toBe(9000)
  })

  test('a link never uses the Host header', async () => {
    const { token } = await signIn(service)
    await service.database.query("UPDATE users SET avatar = '/avatars/x.jpg'")
    const { data } = await service.client.get('/api/user/info', { token, headers: { Host: 'evil.example.com' } })
    expect(data.user_info.avatar).toBe('https://points.example.com/avatars/x.jpg')
  })
})

describe('what belongs to someone else', () => {
  test('what belongs to someone else looks as if it did not exist', async () => {
    const [owner, other] = [await signIn(service), await signIn(service)]
    await givePoints(service, owner, 1_000)
    const product_id = await newProduct(service, 5)
    const order = await service.client.post('/api/exchange/submit', { token: owner.token, body: { product_id } })
    const upload_id = await newUpload(service, owner)
    const { exchange_id, exchange_code } = order.data
    const as = async (token: string) => [
      await service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token }),
      await service.client.get(`/api/photo/review/${upload_id}`, { token }),
      await service.client.get(`/api/merchant/vouchers/${exchange_code}`, { token }),
      await service.client.post(`/api/merchant/vouchers/${exchange_code}/redeem`, { token }),
    ]
    expect((await as(other.token)).map(({ code }) => code)).toEqual([4007, 5007, 2005, 2005])
    for (const path of ['exchange/orders', 'photo/history', 'lottery/records', 'user/points/records']) {
      const { data } = await service.client.get(`/api/${path}`, { token: other.token })
      expect(JSON.stringify(data)).not.toMatch(new RegExp(`${exchange_id}|${exchange_code}|${upload_id}`))
    }
    expect((await as(owner.token)).map(({ code }) => code)).toEqual([0, 0, 2005, 2005])
  })

  test('an idempotency key never shows someone else’s answer', async () => {
    const [owner, other] = [await signIn(service), await signIn(service)]
    const draw = (token: string) =>
      service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' }, idempotencyKey: 'shared' })
    const [mine, theirs] = [await draw(owner.token), await draw(other.token)]
    expect(theirs.data.draw_id).not.toBe(mine.data.draw_id)
  })
})

describe('signing in', () => {
  test('a sign-in ignores fields that ask for more rights', async () => {
    const body = { phone: newPhone(), code: '123456', is_merchant: true, total_points: 9, status: 'banned', user_id: 1 }
    const { data } = await service.client.post('/api/auth/login', { body })
    expect(data.user_info).toMatchObject({ is_merchant: false, total_points: 1000, status: 'active' })
  })

  test('a sign-in does not reveal which phones have accounts', async () => {
    const { phone } = await signIn(service)
    const wrongCode = (of: string) => service.client.post('/api/auth/login', { body: { phone: of, code: '999999' } })
    const [known, unknown] = [await wrongCode(phone), await wrongCode(newPhone())]
    expect([known.code, known.msg, known.data]).toEqual([unknown.code, unknown.msg, unknown.data])
    await service.database.query("UPDATE users SET status = 'banned'")
    expect((await wrongCode(phone)).code).toBe(1002)
  })
})

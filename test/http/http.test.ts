import { describe, expect, test } from 'bun:test'
import { newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ CORS_ORIGINS: 'https://console.example.com', METRICS_TOKEN: 'metrics-0123456789' })
const login = '/api/auth/login'

const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = login) =>
  service.client.post(path, { raw: body, headers })

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
    service.services.metrics.readGauges({ looks: { help: 'Times the figures were computed', read: () => ++computed } })
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

import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'

/** An SMS endpoint on loopback. It answers as the test sets it, and records what it received. */
const received: {
  method: string
  type: string | null
  key: string | null
  body: { phone: string; code: string; expires_in: number }
}[] = []
let answers: (number | 'hang')[] = []
const endpoint = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const { method, headers } = request
    const [type, key] = [headers.get('Content-Type'), headers.get('Idempotency-Key')]
    received.push({ method, type, key, body: (await request.json()) as never })
    const next = answers.shift() ?? 200
    if (next === 'hang') await Bun.sleep(4_000)
    return new Response('{}', { status: next === 'hang' ? 200 : next })
  },
})
afterAll(() => endpoint.stop(true))
beforeEach(() => {
  received.length = 0
  answers = []
})

const service = useService({ SMS_PROVIDER: 'webhook', SMS_WEBHOOK_URL: endpoint.url.toString() })
const post = (path: string, body: unknown) => service.client.post(path, { body })

describe('the SMS webhook', () => {
  test('the webhook gets the phone, the code and its lifetime, and the code signs in', async () => {
    const phone = newPhone()
    expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
    const [sent] = received
    expect(sent).toMatchObject({ method: 'POST', type: 'application/json', body: { phone, expires_in: 300 } })
    expect(sent?.body.code).toMatch(/^\d{6}$/)
    expect((await post('/api/auth/login', { phone, code: sent?.body.code })).code).toBe(0)
  })

  test('a failed webhook call is repeated with the same code and the same idempotency key', async () => {
    answers = [500, 503, 200]
    for (const phone of [newPhone(), newPhone()]) expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
    const [first, second, third, next] = received
    expect(received).toHaveLength(4)
    expect(new Set([first, second, third].map((sent) => sent?.body.code)).size).toBe(1)
    expect(new Set([first, second, third].map((sent) => sent?.key)).size).toBe(1)
    expect(first?.key).toMatch(/^[0-9a-f-]{36}$/)
    expect(next?.key).not.toBe(first?.key)
  })

  test('a webhook that keeps failing is answered with 1000 after three tries', async () => {
    answers = [500, 500, 500]
    expect(await post('/api/auth/send-code', { phone: newPhone() })).toMatchObject({
      status: 200,
      code: 1000,
      data: null,
    })
    expect(received).toHaveLength(3)
  })

  test('a webhook call that hangs is given up and repeated', async () => {
    answers = ['hang', 200]
    expect((await post('/api/auth/send-code', { phone: newPhone() })).code).toBe(0)
    expect(received).toHaveLength(2)
  })

  test('with a webhook the development code is refused and nothing is printed', async () => {
    expect((await post('/api/auth/login', { phone: newPhone(), code: '123456' })).code).toBe(1002)
    expect(service.printed).toEqual([])
  })
})

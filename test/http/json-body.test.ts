import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { Refusal } from '../../src/contract/refusals.ts'
import type { AppEnv } from '../../src/http/env.ts'
import { jsonBody } from '../../src/http/json-body.ts'

/** Returns the code with which the body is refused, or `read`. */
async function outcomeOf(body: ReadableStream<Uint8Array>, patience_ms: number): Promise<string> {
  const app = new Hono<AppEnv>()
  app.onError((error, c) => c.text(error instanceof Refusal ? String(error.code) : error.message))
  app.use(jsonBody([], patience_ms)).post('/', (c) => c.text('read'))
  const headers = { 'Content-Type': 'application/json' }
  return (await app.request('/', { method: 'POST', headers, body })).text()
}

const dripping = (pause_ms: number) =>
  new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const byte of new TextEncoder().encode('{}')) {
        controller.enqueue(Uint8Array.of(byte))
        await Bun.sleep(pause_ms)
      }
      controller.close()
    },
  })

test('a JSON body whose sender goes away is refused with 9001', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"phone"'))
      controller.error(new DOMException('The connection was closed.', 'AbortError'))
    },
  })
  expect(await outcomeOf(broken, 10_000)).toBe('9001')
})

test('a slow JSON body is read, and a body that takes too long is refused with 9001', async () => {
  expect(await outcomeOf(dripping(20), 10_000)).toBe('read')
  expect(await outcomeOf(dripping(60_000), 50)).toBe('9001')
})

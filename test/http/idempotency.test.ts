import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { pino } from 'pino'
import type { AppEnv } from '../../src/http/env.ts'
import { failures } from '../../src/http/failures.ts'
import { once } from '../../src/http/idempotency.ts'
import { createUnsettled } from '../../src/http/unsettled.ts'
import type { TillAnswer } from '../../src/till/operation.ts'
import { OutcomeUnknown } from '../../src/till/ticket.ts'

interface Stored {
  image_key: string
}

/** A route whose first write is told 9009, and which shows a link in place of the stored key. */
function createRoute(outcome: Promise<TillAnswer<Stored>>) {
  const unsettled = createUnsettled()
  const writes: (string | undefined)[] = []
  const app = new Hono<AppEnv>().onError(failures(pino({ level: 'silent' })))
  app.use(async (c, next) => {
    c.set('unsettled', unsettled)
    c.set('caller', { userId: 1 } as AppEnv['Variables']['caller'])
    await next()
  })
  app.post('/photos', (c) =>
    once(
      c,
      {},
      async (idempotency) => {
        writes.push(idempotency?.key)
        if (writes.length === 1) throw new OutcomeUnknown(outcome)
        return { answer: { image_key: 'second' }, replayed: idempotency !== undefined }
      },
      ({ image_key }) => ({ link: `/images/${image_key}` }),
    ),
  )
  const post = async (headers: Record<string, string> = {}) => {
    const response = await app.request('/photos', { method: 'POST', headers })
    const { code, data } = (await response.json()) as { code: number; data: unknown }
    return { code, data, replayed: response.headers.get('Idempotency-Replayed') }
  }
  return { post, writes }
}

const first = () => Promise.resolve({ answer: { image_key: 'first' }, replayed: false })

test('a repeat without a key gets the outcome of the first request as the route shows it, and writes nothing', async () => {
  const { post, writes } = createRoute(first())
  expect((await post()).code).toBe(9009)
  expect(await post()).toEqual({ code: 0, data: { link: '/images/first' }, replayed: 'true' })
  expect(writes).toEqual([undefined])
  expect(await post()).toEqual({ code: 0, data: { link: '/images/second' }, replayed: null })
})

test('a repeat with a key waits for the outcome and then asks the till under that key', async () => {
  const { post, writes } = createRoute(first())
  const headers = { 'Idempotency-Key': 'k' }
  expect((await post(headers)).code).toBe(9009)
  expect(await post(headers)).toEqual({ code: 0, data: { link: '/images/second' }, replayed: 'true' })
  expect(writes).toEqual(['k', 'k'])
})

test('a repeat without a key writes when the first request turns out to have failed', async () => {
  const { post, writes } = createRoute(Promise.reject(new Error('it did not happen')))
  expect((await post()).code).toBe(9009)
  expect(await post()).toEqual({ code: 0, data: { link: '/images/second' }, replayed: null })
  expect(writes).toEqual([undefined, undefined])
})

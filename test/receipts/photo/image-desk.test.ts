import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../../../src/http/env.ts'
import { createImageDesk } from '../../../src/receipts/photo/image-desk.ts'
import { photoForm } from '../../support/uploads.ts'

const sent = new Uint8Array([1, 2, 3])

/** Sends bytes to an image desk. Answers what `open` was given, as it is afterwards. */
async function take(open: (bytes: Uint8Array) => Promise<unknown>) {
  const desk = createImageDesk()
  const given: Uint8Array[] = []
  const app = new Hono<AppEnv>().post('/', async (c) => {
    c.set('caller', { userId: 1 } as AppEnv['Variables']['caller'])
    const intake = {
      form: { file: 'image', fields: z.object({}) },
      check: () => {},
      open: (bytes: Uint8Array) => {
        given.push(bytes)
        expect([...bytes]).toEqual([...sent])
        return open(bytes)
      },
    }
    await desk.take(c, intake)
    return c.body(null)
  })
  const answer = await app.request('/', { method: 'POST', body: photoForm(sent) })
  return { given, status: answer.status }
}

test('an image’s bytes are given back as soon as it is opened', async () => {
  const { given, status } = await take(async () => {})
  expect(status).toBe(200)
  expect(given.map(({ length }) => length)).toEqual([0])
})

test('an image’s bytes are given back when it can’t be opened', async () => {
  const { given, status } = await take(() => Promise.reject(new Error('no image')))
  expect(status).toBe(500)
  expect(given.map(({ length }) => length)).toEqual([0])
})

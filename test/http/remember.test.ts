import { describe, expect, test } from 'bun:test'
import { Hono } from 'hono'
import { Refusal } from '../../src/contract/refusals.ts'
import type { AppEnv } from '../../src/http/env.ts'
import { type Envelope, ok, refuse } from '../../src/http/envelope.ts'
import { remember } from '../../src/http/remember.ts'

const mostAnswers = 3

/** A read that counts how often its answer is made, and takes a moment for it. `refusals` of them are refused first. */
function countedRead({ refusals = 0 } = {}) {
  const read = { made: 0, state: {} }
  const app = new Hono<AppEnv>()
  app.onError((error, c) => (error instanceof Refusal ? refuse(c, error) : c.text('failed', 500)))
  app.get(
    '/',
    remember(() => Promise.resolve(read.state), mostAnswers),
    async (c) => {
      read.made += 1
      const refused = read.made <= refusals
      await Bun.sleep(5)
      if (refused) throw new Refusal(9008)
      return ok(c, { made: read.made })
    },
  )
  const ask = async (query = '') => (await (await app.request(`/?${query}`)).json()) as Envelope
  const askAtOnce = (count: number, query = '') => Promise.all(Array.from({ length: count }, () => ask(query)))
  return { read, ask, askAtOnce }
}

describe('an answer that is the same for everyone', () => {
  test('is made once, for requests that come at once and for later ones', async () => {
    const { read, ask, askAtOnce } = countedRead()
    const answers = [...(await askAtOnce(20)), await ask()]
    expect(read.made).toBe(1)
    expect(answers).toEqual(Array(21).fill({ code: 0, msg: 'success', data: { made: 1 } }))
  })

  test('is made again once the state is another one', async () => {
    const { read, ask } = countedRead()
    await ask()
    read.state = {}
    expect((await ask()).data).toEqual({ made: 2 })
  })

  test('is another one for another query, and so many are kept and no more', async () => {
    const { read, ask } = countedRead()
    for (let round = 0; round < 2; round += 1)
      for (const query of ['a', 'b', 'c', 'beyond']) expect((await ask(query)).code).toBe(0)
    expect(read.made).toBe(mostAnswers + 2)
  })

  test('is not kept when it is a refusal, and those who waited for it make their own', async () => {
    const { read, ask, askAtOnce } = countedRead({ refusals: 1 })
    const codes = (await askAtOnce(5)).map(({ code }) => code).toSorted()
    expect(codes).toEqual([0, 0, 0, 0, 9008])
    for (let i = 0; i < 2; i += 1) expect((await ask()).data).toEqual({ made: 6 })
    expect(read.made).toBe(6)
  })
})

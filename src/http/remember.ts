import type { MiddlewareHandler } from 'hono'
import type { Use } from './dialect.ts'
import type { AppEnv } from './env.ts'
import { okBytes } from './envelope.ts'

interface Answer {
  bytes: Uint8Array
  uses: readonly Use[]
}

/**
 * Caches the answers of a read that is the same for everyone. The key is the base URL and the full URL. Answers are
 * kept as bytes, at most `most` of them, until `stateOf` returns another object. Requests that come while an answer is
 * made wait for it. Refusals are not cached.
 */
export function remember(stateOf: () => Promise<object>, most: number): MiddlewareHandler<AppEnv> {
  const answers = new WeakMap<object, Map<string, Promise<Answer | undefined>>>()
  return async (c, next) => {
    const state = await stateOf()
    const known = answers.get(state) ?? new Map<string, Promise<Answer | undefined>>()
    answers.set(state, known)
    const question = `${c.get('baseUrl')} ${c.req.url}`
    const dialect = c.get('dialect')
    const making = known.get(question)
    if (making) {
      const answer = await making
      if (!answer) return next()
      dialect?.answeredAgain(answer.uses)
      return okBytes(c, answer.bytes)
    }
    if (known.size >= most) return next()
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    known.set(question, promise)
    let made: Answer | undefined
    try {
      await next()
      if (c.get('apiCode') === 0) made = { bytes: await c.res.clone().bytes(), uses: dialect?.uses ?? [] }
    } finally {
      if (!made) known.delete(question)
      resolve(made)
    }
  }
}

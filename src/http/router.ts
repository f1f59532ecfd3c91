import type { Result, Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Hono's own routers, with a cache for routes whose path has no parameters: such a path always matches the same
 * handlers.
 */
export class RememberingRouter<Handler> implements Router<Handler> {
  readonly name = 'RememberingRouter'
  readonly #router = new SmartRouter<Handler>({ routers: [new RegExpRouter(), new TrieRouter()] })
  readonly #fixed = new Set<string>()
  readonly #matches = new Map<string, Result<Handler>>()

  add(method: string, path: string, handler: Handler): void {
    if (!/[:*]/.test(path)) this.#fixed.add(`${method} ${path}`)
    this.#router.add(method, path, handler)
  }

  match(method: string, path: string): Result<Handler> {
    const route = `${method} ${path}`
    const known = this.#matches.get(route)
    if (known) return known
    const result = this.#router.match(method, path)
    if (this.#fixed.has(route)) this.#matches.set(route, result)
    return result
  }
}

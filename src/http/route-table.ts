import type { Hono, MiddlewareHandler } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'

interface RoutePattern {
  pattern: RegExp
  methods: Set<string>
}

/**
 * Lets only requests with a route through, before anything is asked of them.
 * @throws {Refusal} 9002 for an unknown path, 9003 with `Allow` for a known one with another method.
 */
export function requireRoute(app: Hono<AppEnv>): MiddlewareHandler<AppEnv> {
  let table: RoutePattern[] | undefined
  return async (c, next) => {
    table ??= routeTable(app)
    const methods = table.filter(({ pattern }) => pattern.test(c.req.path)).flatMap((entry) => [...entry.methods])
    if (methods.length === 0) throw new Refusal(9002)
    if (methods.includes(c.req.method) || c.req.method === 'OPTIONS') return next()
    c.header('Allow', [...new Set(methods)].join(', '))
    throw new Refusal(9003)
  }
}

function routeTable(app: Hono<AppEnv>): RoutePattern[] {
  const byPath = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const methods = byPath.get(path) ?? new Set<string>()
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
    byPath.set(path, methods)
  }
  return [...byPath].map(([path, methods]) => ({ pattern: patternOf(path), methods }))
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
}

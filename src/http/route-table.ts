import type { Hono, MiddlewareHandler } from 'hono'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'

/** Which methods a path has: by the path itself, and by the patterns of paths with parameters. */
interface RouteTable {
  exact: Map<string, Set<string>>
  patterns: { pattern: RegExp; methods: Set<string> }[]
}

/**
 * Lets only requests with a route through, before anything is asked of them: 9002 for an unknown path, 9003 with
 * `Allow` for a known one with another method.
 */
export function requireRoute(app: Hono<AppEnv>): MiddlewareHandler<AppEnv> {
  let table: RouteTable | undefined
  return (c, next) => {
    table ??= routeTable(app)
    const { method, path } = c.req
    if (table.exact.get(path)?.has(method)) return next()
    const methods = methodsOf(table, path)
    if (methods.has(method)) return next()
    const refusal = methods.size === 0 ? refuseWith(c, 9002) : refuseWith(c, 9003, { Allow: [...methods].join(', ') })
    return Promise.resolve(refusal)
  }
}

function methodsOf({ exact, patterns }: RouteTable, path: string): Set<string> {
  const methods = new Set(exact.get(path))
  for (const entry of patterns) if (entry.pattern.test(path)) for (const method of entry.methods) methods.add(method)
  return methods
}

function routeTable(app: Hono<AppEnv>): RouteTable {
  const exact = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const methods = exact.get(path) ?? new Set<string>()
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
    exact.set(path, methods)
  }
  const withParameters = [...exact].filter(([path]) => path.includes(':'))
  return { exact, patterns: withParameters.map(([path, methods]) => ({ pattern: patternOf(path), methods })) }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
}

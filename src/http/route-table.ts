import type { Context, Hono, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { METHOD_NAME_ALL } from 'hono/router'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'

/**
 * The pattern of the route that matched this request; undefined when only middleware matched. The first middleware
 * calls this once for each request; later code reads `c.get('route')`.
 */
export function routeOf(c: Context<AppEnv>): string | undefined {
  return matchedRoutes(c).findLast(({ method }) => method !== METHOD_NAME_ALL)?.path
}

/**
 * Lets only requests with a route through, before their token or body is looked at. An unknown path is 9002. A known
 * path with another method is 9003 with `Allow`.
 */
export function requireRoute(app: Hono<AppEnv>): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (c.get('route') !== undefined) return next()
    const methods = c.env.isNamed ? methodsOf(app, c.req.path) : new Set<string>()
    const refusal = methods.size === 0 ? refuseWith(c, 9002) : refuseWith(c, 9003, { Allow: [...methods].join(', ') })
    return Promise.resolve(refusal)
  }
}

/** The methods of all routes that match a path. */
function methodsOf(app: Hono<AppEnv>, path: string): Set<string> {
  const methods = new Set<string>()
  for (const route of app.routes) {
    if (route.method === METHOD_NAME_ALL || !patternOf(route.path).test(path)) continue
    methods.add(route.method)
    if (route.method === 'GET') methods.add('HEAD')
  }
  return methods
}

function patternOf(path: string): RegExp {
  const literal = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+')}$`)
}

import type { Context, Hono, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { METHOD_NAME_ALL } from 'hono/router'
import type { AppEnv } from './env.ts'
import { refuseWith } from './envelope.ts'

/**
 * The pattern of the route that the router found for this request, or undefined when it found middleware alone. Found
 * once a request, by the first middleware; who needs it later reads `c.get('route')`.
 */
export function routeOf(c: Context<AppEnv>): string | undefined {
  return matchedRoutes(c).findLast(({ method }) => method !== METHOD_NAME_ALL)?.path
}

/**
 * Lets only requests with a route through, before anything is asked of them: 9002 for an unknown path, 9003 with
 * `Allow` for a known one with another method.
 */
export function requireRoute(app: Hono<AppEnv>): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (c.get('route') !== undefined) return next()
    const methods = methodsOf(app, c.req.path)
    const refusal = methods.size === 0 ? refuseWith(c, 9002) : refuseWith(c, 9003, { Allow: [...methods].join(', ') })
    return Promise.resolve(refusal)
  }
}

/** The methods that a path has under any of its patterns. */
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

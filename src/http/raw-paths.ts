import type { BunRequest, Server } from 'bun'

/** Answers a request; `isNamed` tells whether its path names a route of ours exactly as it was sent. */
type Answer<Data> = (request: Request, server: Server<Data>, isNamed: boolean) => Response | Promise<Response>

/**
 * The server's own table of the paths that routes have. It matches a path as it was sent. A `Request` holds the path after
 * `..`, `%2e` and backslashes were resolved, behind the Host header: a proxy that guards `/metrics` never saw that one.
 * @param patterns paths whose parameters begin with a colon
 */
export function rawPathTable<Data>(patterns: Iterable<string>, answer: Answer<Data>) {
  const table: Record<string, (request: BunRequest, server: Server<Data>) => Response | Promise<Response>> = {}
  for (const pattern of patterns) {
    const parts = pattern.split('/')
    const isNamed = pattern.includes(':')
      ? (path: string, params: Record<string, string>) => hasParts(path, parts, params)
      : (path: string) => path === pattern
    table[pattern] = (request, server) => {
      const whole = withAddress(request)
      return answer(whole, server, isNamed(pathOf(whole), request.params))
    }
  }
  return table
}

/** The path in a request's address, with its escapes as they are: decoded, one path could name another's route. */
export function pathOf({ url }: Pick<Request, 'url'>): string {
  const start = url.indexOf('/', url.indexOf(':') + 3)
  const length = url.slice(start).search(/[?#]/)
  return length === -1 ? url.slice(start) : url.slice(start, start + length)
}

/** A request that names no host (HTTP/1.0, as some balancers' checks are) has a path where others have an address. */
export function withAddress(request: Request): Request {
  return request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request
}

/** Nothing was resolved between the server's match and the address: each part is what it was. */
function hasParts(path: string, parts: readonly string[], params: Record<string, string>): boolean {
  const found = path.split('/')
  return (
    found.length === parts.length &&
    parts.every((part, i) =>
      part.startsWith(':') ? decoded(found[i] ?? '') === params[part.slice(1)] : part === found[i],
    )
  )
}

function decoded(part: string): string | undefined {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

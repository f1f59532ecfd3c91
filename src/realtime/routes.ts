import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Access } from '../accounts/access.ts'
import { Refusal } from '../contract/refusals.ts'
import { bearerOf } from '../http/authenticate.ts'
import type { AppEnv, Caller } from '../http/env.ts'
import { type BareDocs, describe } from '../http/operation-docs.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import type { SocketFormat } from './format.ts'
import { newSocketData, type SocketData } from './socket.ts'

export interface SocketRoutesDeps {
  access: Pick<Access, 'callerOf'>
  realtime: { formatOf(request: Request): SocketFormat; closing: boolean }
  limits: { address: RateLimit }
  elapsed_ms: () => number
}

const dinersPage = { 200: { says: 'The request is not an upgrade: the page', type: 'text/html' } }

function docs(noUpgrade: BareDocs['answers'], also = '') {
  return describe({
    summary: `A WebSocket${also}. Its messages are described in x-messages and x-client-messages`,
    tag: 'sockets',
    mayHaveToken: true,
    query: z.object({ token: z.string().optional() }),
    answers: {
      101: { says: 'The connection becomes a WebSocket' },
      401: { says: 'The token is not valid' },
      429: { says: 'Too many requests from this address' },
      503: { says: 'The service is stopping' },
      ...noUpgrade,
    },
  })
}

/** Accepts sockets: an upgrade on `/ws` or on `/`, where other requests are for the page. A bad token is HTTP 401. */
export function socketRoutes(deps: SocketRoutesDeps) {
  const upgrade = async (c: Context<AppEnv>) => {
    try {
      await deps.limits.address.take(c.get('network'))
      if (deps.realtime.closing) throw new Refusal(9007)
      const token = tokenOf(c)
      const caller = token === undefined ? undefined : await deps.access.callerOf(token)
      return accept(c, caller, deps)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return refuseUpgrade(c, error)
    }
  }
  return new Hono<AppEnv>()
    .get('/ws', docs({ 426: { says: 'The request is not an upgrade' } }), (c) =>
      isUpgrade(c) ? upgrade(c) : needsUpgrade(c),
    )
    .get('/', docs(dinersPage, ', or the page of the diners'), (c, next) => (isUpgrade(c) ? upgrade(c) : next()))
}

function accept(c: Context<AppEnv>, caller: Caller | undefined, { realtime, elapsed_ms }: SocketRoutesDeps): Response {
  const data: SocketData = newSocketData(realtime.formatOf(c.req.raw), caller, elapsed_ms())
  // A client that offered subprotocols drops the connection when none is chosen (RFC 6455, 4.1).
  const [protocol] = offeredProtocols(c)
  const headers = protocol === undefined ? undefined : { 'Sec-WebSocket-Protocol': protocol }
  const upgraded = c.env.server?.upgrade(c.req.raw, { data, ...(headers ? { headers } : {}) })
  return upgraded ? new Response(null) : needsUpgrade(c)
}

/**
 * The token of the query, `Authorization` or `Sec-WebSocket-Protocol: bearer, <token>`. An empty query counts as none.
 */
function tokenOf(c: Context<AppEnv>): string | undefined {
  const [scheme, offered] = offeredProtocols(c)
  return (c.req.query('token') || bearerOf(c)) ?? (scheme?.toLowerCase() === 'bearer' ? offered : undefined)
}

function offeredProtocols(c: Context<AppEnv>): string[] {
  const offered = c.req.header('Sec-WebSocket-Protocol') ?? ''
  return offered
    .split(',')
    .map((protocol) => protocol.trim())
    .filter(Boolean)
}

function isUpgrade(c: Context<AppEnv>): boolean {
  return c.req.header('Upgrade')?.toLowerCase() === 'websocket'
}

function needsUpgrade(c: Context<AppEnv>): Response {
  c.header('Upgrade', 'websocket')
  c.header('Connection', 'Upgrade')
  c.header('X-Api-Code', '9001')
  return c.json({ code: 9001, msg: '此地址只接受 WebSocket 连接', data: null }, 426)
}

function refuseUpgrade(c: Context<AppEnv>, { code, message, data }: Refusal): Response {
  c.header('X-Api-Code', String(code))
  const status = code === 9006 ? 429 : code === 9007 ? 503 : 401
  return c.json({ code, msg: message, data }, status)
}

import type { Server } from 'bun'
import type { Context } from 'hono'
import type { Dialect } from './dialect.ts'
import type { Unsettled } from './unsettled.ts'

/** The authenticated user and session of a request. */
export interface Caller {
  userId: number
  sessionId: string
  isMerchant: boolean
  /** Expiry of the access token, in seconds since the epoch. */
  exp: number
}

/** What Hono's context carries through the service. */
export interface AppEnv {
  Bindings: {
    server?: Server<unknown>
    /** The path, exactly as it was sent, names a route. */
    isNamed?: boolean
  }
  Variables: {
    requestId: string
    /** The pattern of the route that the request reaches, such as `/api/exchange/orders/:exchange_id/cancel`. */
    route: string | undefined
    caller: Caller
    /** The network that the request came from, as in `address.ts`. */
    network: string
    /** A keyed digest of the network. */
    addressId: string
    /** When the whole body had arrived, on `performance`'s clock; undefined without a body. */
    arrivedAt?: number
    /** The envelope's code, for logs and metrics. */
    apiCode: number
    /** The start of every link to an image: `PUBLIC_URL`, or the origin that the request was sent to. */
    baseUrl: string
    /** Writes whose outcome is not known yet. */
    unsettled: Unsettled
    /** Translates this request of an older client. */
    dialect?: Dialect
  }
}

/** Makes our own paths absolute. Other links stay as they are. */
export function absoluteLinks(c: Context<AppEnv>): (link: string) => string {
  return (link) => (link.startsWith('/') ? `${c.get('baseUrl')}${link}` : link)
}

/** Makes the link in one field of an answer's rows absolute. */
export function linkIn<Field extends string>(c: Context<AppEnv>, field: Field) {
  const absolute = absoluteLinks(c)
  return <Row extends Record<Field, string | null>>(row: Row): Row => {
    const link: string | null = row[field]
    return link === null ? row : { ...row, [field]: absolute(link) }
  }
}

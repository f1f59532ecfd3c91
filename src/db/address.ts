import type { PoolOptions } from 'mysql2/promise'
import { AddressFault, tlsOf } from './tls.ts'

/** Where the database is: a URL, or the private server's socket. */
export type DatabaseAddress = { uri: string } | { socketPath: string; user: string; database: string }

type Connection = Pick<PoolOptions, 'host' | 'port' | 'user' | 'password' | 'database' | 'socketPath' | 'ssl'>

/**
 * The address as the driver takes it. Of a URL's parameters only TLS and `socketPath` count: the program sets the rest.
 * @throws {AddressFault} for a URL that can't be honoured.
 */
export function connectionTo(address: DatabaseAddress): Connection {
  if (!('uri' in address)) return address
  const { hostname, port, username, password, pathname, searchParams } = new URL(address.uri)
  const ssl = tlsOf(searchParams)
  const socketPath = searchParams.get('socketPath')
  return {
    host: decoded(hostname).replace(/^\[|\]$/g, ''),
    ...(port ? { port: Number(port) } : {}),
    user: decoded(username),
    password: decoded(password),
    database: decoded(pathname.slice(1)),
    ...(socketPath ? { socketPath } : {}),
    ...(ssl ? { ssl } : {}),
  }
}

/** Why a URL can't be honoured, in one line without any of its values; undefined when it can. */
export function addressFault(uri: string): string | undefined {
  try {
    connectionTo({ uri })
    return undefined
  } catch (error) {
    if (error instanceof AddressFault) return error.message
    throw error
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AddressFault('has a % that is no escape; write %25 for it')
  }
}

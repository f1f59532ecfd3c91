import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { Context } from 'hono'
import { getConnInfo } from 'hono/bun'
import type { AppEnv } from './env.ts'

/**
 * The client's network: its IPv4 address, or the first 64 bits of its IPv6 address. One client may use any address
 * inside such a /64. The address is the connection's own, or the `X-Forwarded-For` entry of the outermost trusted
 * proxy.
 */
export function addressOf(c: Context<AppEnv>, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? forwardedFor(c.req.header('X-Forwarded-For') ?? '', trustedProxies) : undefined
  return forwarded ?? networkOf(c.env.server ? (getConnInfo(c).remote.address ?? '') : '') ?? ''
}

function forwardedFor(header: string, trustedProxies: number): string | undefined {
  const entries = header.split(',').map((entry) => entry.trim())
  return networkOf(withoutPort(entries.at(-trustedProxies) ?? entries[0] ?? ''))
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? []
  return bracketed ?? plain ?? entry
}

/** Undefined when the text is not an IP address. */
export function networkOf(address: string): string | undefined {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (isIPv4(mapped ?? address)) return mapped ?? address
  if (!isIPv6(address)) return undefined
  const [head = '', tail] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]]
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** The largest block that one subscriber usually gets: an IPv4 address, or the first 48 bits of an IPv6 address. */
export function siteOf(network: string): string {
  const [prefix, size] = network.split('::/')
  return size === undefined ? network : `${prefix?.split(':').slice(0, 3).join(':')}::/48`
}

/** By what a network is known where no address is kept: the same one has the same name, which leads back to nobody. */
export type AddressId = (network: string) => string

const idLength = 16
const mostRemembered = 10_000

export function createAddressId(secret: string): AddressId {
  const known = new Map<string, string>()
  return (network) => {
    const found = known.get(network)
    if (found !== undefined) return found
    const id = createHmac('sha256', secret).update(`address\n${network}`).digest('hex').slice(0, idLength)
    if (known.size >= mostRemembered) known.clear()
    known.set(network, id)
    return id
  }
}

import { createHmac } from 'node:crypto'
import type { Database } from '../db/client.ts'
import type { Device } from './device.ts'
import { holdsSession, isKnownDevice } from './queries.ts'
import type { Tokens } from './tokens.ts'

/** A device that wants to sign in to the account of a phone. */
export interface Visitor extends Device {
  phone: string
  /** A keyed digest of phone, network and client. */
  hash: string
  /** It signed in to this account before: a session has its hash, or the device holds a token of the account. */
  isKnown: boolean
  /** It holds a token of this account. That proves that it is the same device. Two devices may have the same hash. */
  isProven: boolean
  /** Its name where each device of a phone is counted by itself. */
  countKey: string
}

/** Recognises devices. Strangers must not use up the limits of a phone's owner. */
export interface KnownDevices {
  /** Takes as long for a phone without an account as for one with an account. */
  recognise(phone: string, device: Device): Promise<Visitor>
}

export interface KnownDevicesParts {
  database: Database
  tokens: Pick<Tokens, 'sessionOf'>
  secret: string
  /** Hashes that were made with it are still known, for rotation. */
  previousSecret: string | undefined
}

const countKeyLength = 16

export function createKnownDevices(parts: KnownDevicesParts): KnownDevices {
  const { database, tokens, secret, previousSecret } = parts
  const digest = (key: string, ...of: string[]) =>
    createHmac('sha256', key)
      .update(`device\n${of.join('\n')}`)
      .digest('hex')
  const provenSession = async (token: string | undefined, phone: string) => {
    const session = token === undefined ? undefined : await tokens.sessionOf(token)
    return session !== undefined && (await holdsSession(database, session, phone)) ? session : undefined
  }
  return {
    async recognise(phone, device) {
      const hashOf = (key: string) => digest(key, phone, device.address, device.userAgent)
      const hash = hashOf(secret)
      const hashes = previousSecret ? [hash, hashOf(previousSecret)] : [hash]
      const [proven, isKnown] = await Promise.all([provenSession(device.token, phone), isKnownDevice(database, hashes)])
      const isProven = proven !== undefined
      const countKey = (isProven ? digest(secret, proven) : hash).slice(0, countKeyLength)
      return { ...device, phone, hash, countKey, isProven, isKnown: isKnown || isProven }
    },
  }
}

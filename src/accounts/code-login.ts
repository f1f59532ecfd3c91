import { Refusal } from '../contract/refusals.ts'
import type { RateLimit, Use } from '../http/rate-limits.ts'
import { amongOthers } from '../points/register.ts'
import type { Device } from './device.ts'
import type { Entrance, SignedIn } from './entrance.ts'
import type { KnownDevices, Visitor } from './known-devices.ts'
import type { Proof } from './sign-in.ts'
import { hashCode } from './sms-code.ts'

/** @throws {Refusal} 1002, 2004, 9006. */
export type CodeLogin = (login: { phone: string; code: string }, device: Device) => Promise<SignedIn>

export interface CodeLoginParts {
  secret: string
  /** Codes whose digests were made with it are still valid, for rotation. */
  previousSecret: string | undefined
  /** A code that signs in any phone; undefined in production. */
  devCode: string | undefined
  limits: {
    /** Limits the logins of a phone from one network address, and of a known device by itself. */
    login: RateLimit
    /** Limits the wrong codes from one network address. */
    wrongCode: RateLimit
  }
}

export function createCodeLogin(parts: CodeLoginParts, entrance: Entrance, { recognise }: KnownDevices): CodeLogin {
  const { secret, previousSecret, devCode, limits } = parts
  const secrets = previousSecret ? [secret, previousSecret] : [secret]
  // The use is taken first: of many tries at the same time, only as many as are left get through.
  const takeTry = async ({ isKnown, address }: Visitor): Promise<Use | undefined> =>
    isKnown ? undefined : limits.wrongCode.take(address)

  return async ({ phone, code }, device) => {
    const visitor = await recognise(phone, device)
    await limits.login.take(visitor.isKnown ? visitor.countKey : `${phone} ${visitor.address}`)
    const typed: Proof = { by: 'code', codeHashes: secrets.map((key) => hashCode(key, phone, code)) }
    const proof: Proof = code === devCode ? { by: 'development' } : typed
    const wrong = await takeTry(visitor)
    const signedIn = await amongOthers(() => entrance.enter(visitor, proof)).catch(async (error: unknown) => {
      await wrong?.giveBack()
      throw error
    })
    if (!signedIn) throw new Refusal(1002)
    await wrong?.giveBack()
    return signedIn
  }
}

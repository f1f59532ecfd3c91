import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { amongOthers } from '../points/register.ts'
import { findUserByOpenid } from '../users/queries.ts'
import type { Device } from './device.ts'
import type { Entrance, SignedIn } from './entrance.ts'
import type { KnownDevices } from './known-devices.ts'
import type { Wechat } from './wechat.ts'
import { WechatRefused } from './wechat-api.ts'

/** The codes that a mini-program got from WeChat. Each works once. */
export interface WechatCodes {
  jsCode: string
  phoneCode: string | undefined
}

/**
 * Signs in by WeChat. A known openid signs in to its account. A new openid is bound to the account of the phone that
 * WeChat confirms; that account is created when there is none. Such a phone proves as much as an SMS code, so its
 * holder may bind the account to another openid.
 * @throws {Refusal} 1004, 1005 with `bind_required`, 2004, 9006.
 */
export type WxLogin = (codes: WechatCodes, device: Device) => Promise<SignedIn>

/** The time for all WeChat calls of one sign-in. Mini-programs wait for ten seconds, and their codes work once. */
const patience_ms = 8_000

export interface WxLoginParts {
  database: Database
  wechat: Wechat
  limits: Record<'login' | 'wechatMiss', RateLimit>
}

export function createWxLogin(parts: WxLoginParts, { enter }: Entrance, { recognise }: KnownDevices): WxLogin {
  const { database, wechat, limits } = parts
  const phoneToBind = async (phoneCode: string | undefined, signal: AbortSignal) => {
    if (phoneCode === undefined) throw new Refusal(1005, { bind_required: true })
    return wechat.phoneOf(phoneCode, signal)
  }
  const signIn = async ({ jsCode, phoneCode }: WechatCodes, device: Device) => {
    const signal = AbortSignal.timeout(patience_ms)
    const openid = await wechat.openidOf(jsCode, signal)
    await limits.login.take(openid)
    let asked: Promise<string> | undefined
    return amongOthers(async () => {
      const known = await findUserByOpenid(database, openid)
      const entered = known && (await enter(await recognise(known.mobile, device), { by: 'openid', openid }))
      if (entered) return entered
      asked ??= phoneToBind(phoneCode, signal)
      return enter(await recognise(await asked, device), { by: 'wechat_phone', openid })
    })
  }
  return async (codes, device) => {
    await limits.wechatMiss.check(device.address)
    try {
      const signedIn = await signIn(codes, device)
      if (!signedIn) throw new Error('a phone that WeChat vouched for was not let in')
      return signedIn
    } catch (error) {
      if (error instanceof Refusal && error.cause instanceof WechatRefused) await limits.wechatMiss.take(device.address)
      throw error
    }
  }
}

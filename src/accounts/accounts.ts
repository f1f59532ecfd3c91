import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { siteOf } from '../http/address.ts'
import type { Caller } from '../http/env.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { randomDigits } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import type { Access } from './access.ts'
import { amongOthers, createEntrance, type SignedIn } from './entrance.ts'
import { revoke, rotate } from './sessions.ts'
import type { Proof } from './sign-in.ts'
import type { SmsSender } from './sms.ts'
import { hashCode, issueCode, type SendLimits } from './sms-code.ts'
import type { TokenPair, Tokens } from './tokens.ts'
import type { Wechat } from './wechat.ts'
import { createWxLogin, type WxLogin } from './wx-login.ts'

/** Signing in and out, at the edge of the till: randomness, tokens, SMS and WeChat are here. */
export interface Accounts {
  /** @throws {Refusal} 1003 too soon or too many; 9006 from one address; 1000 when the code could not be sent. */
  sendCode(phone: string, address: string): Promise<void>
  /** @throws {Refusal} 1002, 2004, 9006. */
  login(login: { phone: string; code: string; device_info?: object | undefined }): Promise<SignedIn>
  wxLogin: WxLogin
  /**
   * `userAgent` is what the client calls itself.
   * @throws {Refusal} 2002, 2004.
   */
  refresh(refreshToken: string, userAgent: string): Promise<TokenPair>
  logout(caller: Caller): Promise<void>
}

export interface AccountsOptions {
  database: Database
  till: Till<Push>
  tokens: Tokens
  access: Access
  sms: SmsSender
  wechat: Wechat
  logger: Logger
  /** Keys the digests of codes. */
  secret: string
  /** Codes that were sent under it are still good, for rotation. */
  previousSecret: string | undefined
  /** Logs any phone in, sent or not; undefined in production. */
  devCode: string | undefined
  sendLimits: SendLimits | null
  /** Codes sent for one network address, and for a whole site of such: each costs the restaurant money. */
  sendAddressLimit: RateLimit
  sendSiteLimit: RateLimit
  /** Logins of a phone, or of an openid. */
  loginLimit: RateLimit
  /** Codes from a network address that WeChat refuses. */
  wechatMissLimit: RateLimit
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { till, tokens, access, sms, logger, secret, previousSecret } = options
  const { devCode, sendLimits, sendAddressLimit, sendSiteLimit, loginLimit } = options
  const secrets = previousSecret ? [secret, previousSecret] : [secret]
  const entrance = createEntrance(options)

  return {
    async sendCode(phone, address) {
      // Taken first: a code that replaced another must be sent.
      await sendAddressLimit.take(address)
      await sendSiteLimit.take(siteOf(address))
      const code = randomDigits(6)
      const issue = { phone, codeHash: hashCode(secret, phone, code), limits: sendLimits }
      await till.run(issueCode, issue).catch(async (error: unknown) => {
        await Promise.all([sendAddressLimit.giveBack(address), sendSiteLimit.giveBack(siteOf(address))])
        throw error
      })
      try {
        await sms.send(phone, code)
      } catch (error) {
        if (error instanceof Refusal) throw error
        logger.error({ err: error }, 'SMS not handed over')
        throw new Refusal(1000, null, { sentence: '短信发送失败，请稍后再试', cause: error })
      }
    },

    async login({ phone, code, device_info }) {
      await loginLimit.take(phone)
      const typed: Proof = { by: 'code', codeHashes: secrets.map((key) => hashCode(key, phone, code)) }
      const proof: Proof = code === devCode ? { by: 'development' } : typed
      const signedIn = await amongOthers(() => entrance.enter(phone, proof, device_info))
      if (!signedIn) throw new Refusal(1002)
      return signedIn
    },

    wxLogin: createWxLogin(options, entrance),

    async refresh(refreshToken, userAgent) {
      const claims = await tokens.verifyRefresh(refreshToken)
      const userAgentHash = createHash('sha256').update(userAgent).digest('hex')
      const { answer } = await till.run(rotate, { ...claims, userAgentHash })
      if (answer.outcome === 'rotated') return tokens.issue(answer.session)
      logger.warn({ user_id: claims.user_id }, 'a refresh token was used again: its session is ended')
      access.forget(claims.session_id)
      throw new Refusal(2002)
    },

    async logout({ userId, sessionId }) {
      await till.run(revoke, { userId, sessionId })
      access.forget(sessionId)
    },
  }
}

import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { Caller } from '../http/env.ts'
import { type RateLimit, takeAll } from '../http/rate-limits.ts'
import { randomDigits } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import type { Access } from './access.ts'
import type { Device } from './device.ts'
import { amongOthers, createEntrance, type SignedIn } from './entrance.ts'
import { hasSession, readLiveSessions } from './queries.ts'
import { revoke, rotate } from './sessions.ts'
import type { Proof } from './sign-in.ts'
import type { SmsSender } from './sms.ts'
import type { SmsBudget } from './sms-budget.ts'
import { hashCode, issueCode, type SendLimits } from './sms-code.ts'
import type { TokenPair, Tokens } from './tokens.ts'
import type { Wechat } from './wechat.ts'
import { createWxLogin, type WxLogin } from './wx-login.ts'

/** Signing in and out. Randomness, tokens, SMS and WeChat stay here, outside of the till's operations. */
export interface Accounts {
  /** @throws {Refusal} 1003 too soon or too many codes; 9006 too many from one address; 1000 when sending failed. */
  sendCode(phone: string, address: string): Promise<void>
  /** @throws {Refusal} 1002, 2004, 9006. */
  login(login: { phone: string; code: string }, device: Device): Promise<SignedIn>
  wxLogin: WxLogin
  /**
   * @param userAgent the client's `User-Agent`
   * @throws {Refusal} 2002, 2004.
   */
  refresh(refreshToken: string, userAgent: string): Promise<TokenPair>
  logout(caller: Caller): Promise<void>
  /**
   * Ends one of the caller's sessions. Returns how many it ended: 0 when the session had ended already.
   * @throws {Refusal} 2003 when the caller never had this session.
   */
  endSession(caller: Caller, sessionId: string): Promise<number>
  /** Ends the caller's other sessions, and returns how many there were. */
  endOthers(caller: Caller): Promise<number>
}

export interface AccountsOptions {
  database: Database
  till: Till<Push>
  tokens: Tokens
  access: Access
  sms: SmsSender
  wechat: Wechat
  logger: Logger
  now: () => Date
  /** Keys the digests of codes. */
  secret: string
  /** Codes whose digests were made with it are still valid, for rotation. */
  previousSecret: string | undefined
  /** A code that signs in any phone; undefined in production. */
  devCode: string | undefined
  sendLimits: SendLimits | null
  limits: AccountLimits
}

export interface AccountLimits {
  /** Limits the codes sent for one network address: each SMS costs the restaurant money. */
  sendCode: RateLimit
  /** Limits the codes sent for the whole site. */
  smsBudget: SmsBudget
  /** Limits the logins of a phone from one network address, or of an openid. */
  login: RateLimit
  /** Limits the wrong codes from one network address. */
  wrongCode: RateLimit
  /** Limits the codes from one network address that WeChat refuses. */
  wechatMiss: RateLimit
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { database, till, tokens, access, sms, logger, secret, previousSecret, now } = options
  const { devCode, sendLimits, limits } = options
  const secrets = previousSecret ? [secret, previousSecret] : [secret]
  const entrance = createEntrance(options)
  const end = async (userId: number, sessionIds: string[]) => {
    const { answer } = await till.run(revoke, { userId, sessionIds })
    for (const sessionId of sessionIds) access.forget(sessionId)
    return answer.ended
  }
  const readOthers = async (userId: number, current: string) => {
    const live = await readLiveSessions(database, userId, now())
    return live.map(({ session_id }) => session_id).filter((sessionId) => sessionId !== current)
  }

  return {
    async sendCode(phone, address) {
      // The limits are taken first: once a new code has replaced the old one, it must be sent.
      const use = await takeAll([() => limits.sendCode.take(address), () => limits.smsBudget.take()])
      const code = randomDigits(6)
      const issue = { phone, codeHash: hashCode(secret, phone, code), limits: sendLimits }
      await till.run(issueCode, issue).catch(async (error: unknown) => {
        await use.giveBack()
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

    async login({ phone, code }, device) {
      await limits.login.take(`${phone} ${device.address}`)
      const typed: Proof = { by: 'code', codeHashes: secrets.map((key) => hashCode(key, phone, code)) }
      const proof: Proof = code === devCode ? { by: 'development' } : typed
      // The use is taken first: of many tries at the same time, only as many as are left get through.
      const wrong = await limits.wrongCode.take(device.address)
      const signedIn = await amongOthers(() => entrance.enter(phone, proof, device)).catch(async (error: unknown) => {
        await wrong.giveBack()
        throw error
      })
      if (!signedIn) throw new Refusal(1002)
      await wrong.giveBack()
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
      await end(userId, [sessionId])
    },

    async endSession({ userId }, sessionId) {
      if (!(await hasSession(database, userId, sessionId)))
        throw new Refusal(2003, null, { sentence: '没有找到这台登录设备' })
      return end(userId, [sessionId])
    },

    async endOthers({ userId, sessionId }) {
      let ended = 0
      for (
        let others = await readOthers(userId, sessionId);
        others.length > 0;
        others = await readOthers(userId, sessionId)
      )
        ended += await end(userId, others)
      return ended
    },
  }
}

import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import type { Caller } from '../http/env.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { randomCode, randomDigits } from '../random.ts'
import type { Till } from '../till/till.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import type { Access } from './access.ts'
import { revoke, rotate } from './sessions.ts'
import { signIn } from './sign-in.ts'
import type { SmsSender } from './sms.ts'
import { hashCode, issueCode, type SendLimits } from './sms-code.ts'
import type { TokenPair, Tokens } from './tokens.ts'

/** Signing in and out, at the edge of the till: randomness, tokens and the SMS side are here. */
export interface Accounts {
  /** @throws {Refusal} 1003 too soon or too many; 1000 when the code could not be sent. */
  sendCode(phone: string): Promise<void>
  /** @throws {Refusal} 1002, 2004, 9006. */
  login(login: { phone: string; code: string; device_info?: object | undefined }): Promise<SignedIn>
  /** @throws {Refusal} 2002, 2004. */
  refresh(refreshToken: string): Promise<TokenPair>
  logout(caller: Caller): Promise<void>
}

export interface SignedIn {
  user: User
  isNew: boolean
  tokens: TokenPair
}

export interface AccountsOptions {
  database: Database
  till: Till<Push>
  tokens: Tokens
  access: Access
  sms: SmsSender
  /** Keys the digests of codes. */
  secret: string
  /** Logs any phone in, sent or not; undefined in production. */
  devCode: string | undefined
  sendLimits: SendLimits | null
  loginLimit: RateLimit
}

const sessionIdLength = 24
/** Another login may make the phone's account between our look and our turn; the loser looks again. */
const registrationTries = 3

export function createAccounts(options: AccountsOptions): Accounts {
  const { database, till, tokens, access, sms, secret, devCode, sendLimits, loginLimit } = options

  const enter = async (phone: string, codeHash: string | null, deviceInfo: string | null) => {
    for (let tries = 1; ; tries += 1) {
      const userId = (await findUserByMobile(database, phone))?.user_id ?? null
      const sessionId = randomCode(sessionIdLength)
      try {
        const { answer } = await till.run(signIn, { phone, userId, codeHash, sessionId, deviceInfo })
        return { answer, sessionId }
      } catch (error) {
        if (!isDuplicateKey(error) || tries >= registrationTries) throw error
      }
    }
  }

  return {
    async sendCode(phone) {
      const code = randomDigits(6)
      await till.run(issueCode, { phone, codeHash: hashCode(secret, phone, code), limits: sendLimits })
      try {
        await sms.send(phone, code)
      } catch (error) {
        throw new Refusal(1000, null, '短信发送失败，请稍后再试', error)
      }
    },

    async login({ phone, code, device_info }) {
      await loginLimit.take(phone)
      const codeHash = code === devCode ? null : hashCode(secret, phone, code)
      const { answer, sessionId } = await enter(phone, codeHash, device_info ? JSON.stringify(device_info) : null)
      if (answer.outcome === 'wrong_code') throw new Refusal(1002)
      const { user, isNew, signedInAt } = answer
      const session = { session_id: sessionId, user_id: user.user_id, generation: 1, rotated_at: signedInAt }
      return { user, isNew, tokens: await tokens.issue(session) }
    },

    async refresh(refreshToken) {
      const claims = await tokens.verifyRefresh(refreshToken)
      const { answer } = await till.run(rotate, claims)
      if (answer.outcome === 'rotated') return tokens.issue(answer.session)
      access.forget(claims.session_id)
      throw new Refusal(2002)
    },

    async logout({ userId, sessionId }) {
      await till.run(revoke, { userId, sessionId })
      access.forget(sessionId)
    },
  }
}

import { createHash } from 'node:crypto'
import { Refusal } from '../contract/refusals.ts'
import type { Caller } from '../http/env.ts'
import type { Access } from './access.ts'
import { type CodeLogin, type CodeLoginParts, createCodeLogin } from './code-login.ts'
import { createEntrance, type EntranceParts } from './entrance.ts'
import { createKnownDevices } from './known-devices.ts'
import { hasSession, readLiveSessions } from './queries.ts'
import { createSendCode, type SendCode, type SendCodeParts } from './send-code.ts'
import { revoke, rotate } from './sessions.ts'
import type { TokenPair } from './tokens.ts'
import { createWxLogin, type WxLogin, type WxLoginParts } from './wx-login.ts'

/** Signing in and out. Randomness, tokens, SMS and WeChat stay here, outside of the till's operations. */
export interface Accounts {
  sendCode: SendCode
  login: CodeLogin
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

export interface AccountsOptions extends EntranceParts, SendCodeParts, CodeLoginParts, WxLoginParts {
  access: Access
  limits: AccountLimits
}

export type AccountLimits = SendCodeParts['limits'] & CodeLoginParts['limits'] & WxLoginParts['limits']

export function createAccounts(options: AccountsOptions): Accounts {
  const { database, till, tokens, access, logger, now } = options
  const entrance = createEntrance(options)
  const knownDevices = createKnownDevices(options)
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
    sendCode: createSendCode(options, knownDevices),
    login: createCodeLogin(options, entrance, knownDevices),
    wxLogin: createWxLogin(options, entrance, knownDevices),

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
      try {
        for (
          let others = await readOthers(userId, sessionId);
          others.length > 0;
          others = await readOthers(userId, sessionId)
        )
          ended += await end(userId, others)
      } catch (error) {
        // A refusal would say that none was ended.
        if (ended === 0) throw error
        logger.warn({ err: error, user_id: userId }, 'other sessions may be left')
      }
      return ended
    },
  }
}

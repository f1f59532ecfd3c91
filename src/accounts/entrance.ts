import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import { lineWriter } from '../lib/logger.ts'
import { randomCode } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import { nameOf } from './device.ts'
import type { Visitor } from './known-devices.ts'
import { readSmsCode } from './queries.ts'
import { type Proof, signIn } from './sign-in.ts'
import { type CodeTry, judgeTry, missCode } from './sms-code.ts'
import type { TokenPair, Tokens } from './tokens.ts'

export interface SignedIn {
  user: User
  isNew: boolean
  tokens: TokenPair
}

/** Signs someone in to the account of their phone, and creates it when there is none. */
export interface Entrance {
  /**
   * Returns undefined when the proof is wrong.
   * @throws {Refusal} 2004.
   * @throws a duplicate key error when another login created the account, or took the openid, at the same moment.
   */
  enter(visitor: Visitor, proof: Proof): Promise<SignedIn | undefined>
}

/** 130 random bits. */
const sessionIdLength = 26

export interface EntranceParts {
  database: Database
  till: Till<Push>
  tokens: Tokens
  logger: Logger
  now: () => Date
}

export function createEntrance({ database, till, tokens, logger, now }: EntranceParts): Entrance {
  const writeLine = lineWriter(logger)
  /** Reads only the code, not the account: a wrong code takes as long for a phone with an account as without one. */
  const isRight = async (tried: CodeTry) => {
    const sent = await readSmsCode(database, tried.phone)
    const outcome = judgeTry(sent, tried, now())
    return outcome === 'wrong' ? (await till.run(missCode, tried)).answer.isRight : outcome === 'right'
  }
  return {
    async enter(visitor, proof) {
      const { phone, hash, isProven } = visitor
      if (proof.by === 'code' && !(await isRight({ phone, codeHashes: proof.codeHashes, by: visitor })))
        return undefined
      const userId = (await findUserByMobile(database, phone))?.user_id ?? null
      const sessionId = randomCode(sessionIdLength)
      const deviceInfo = visitor.info ? JSON.stringify(visitor.info) : null
      const session = { sessionId, device: nameOf(visitor), deviceHash: hash, isProven }
      const { answer } = await till.run(signIn, { phone, userId, proof, by: visitor, session, deviceInfo })
      if (answer.outcome === 'unproved') return undefined
      const { user, isNew, isBound, signedInAt } = answer
      writeLine({ user_id: user.user_id, by: proof.by, is_new: isNew, is_bound: isBound, msg: 'signed in' })
      const begun = { session_id: sessionId, user_id: user.user_id, generation: 1, rotated_at: signedInAt }
      return { user, isNew, tokens: tokens.issue(begun) }
    },
  }
}

import { eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { randomCode } from '../lib/random.ts'
import { retry } from '../lib/retry.ts'
import type { Till } from '../till/till.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import { type Device, nameOf } from './device.ts'
import { smsCodesTable } from './schema.ts'
import { type Proof, signIn } from './sign-in.ts'
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
  enter(phone: string, proof: Proof, device: Device): Promise<SignedIn | undefined>
}

/** 130 random bits. */
const sessionIdLength = 26
const pauses_ms = [0, 0]

export interface EntranceParts {
  database: Database
  till: Till<Push>
  tokens: Tokens
  logger: Logger
}

export function createEntrance({ database, till, tokens, logger }: EntranceParts): Entrance {
  return {
    async enter(phone, proof, device) {
      const userId = (await findUserByMobile(database, phone))?.user_id ?? null
      // A phone that was never sent a code is refused here: the operation's fresh row would use up an account number.
      if (proof.by === 'code' && userId === null && !(await wasSentCode(database, phone))) return undefined
      const sessionId = randomCode(sessionIdLength)
      const deviceInfo = device.info ? JSON.stringify(device.info) : null
      const session = { sessionId, device: nameOf(device) }
      const { answer } = await till.run(signIn, { phone, userId, proof, session, deviceInfo })
      if (answer.outcome === 'unproved') return undefined
      const { user, isNew, isBound, signedInAt } = answer
      logger.info({ user_id: user.user_id, by: proof.by, is_new: isNew, is_bound: isBound }, 'signed in')
      const begun = { session_id: sessionId, user_id: user.user_id, generation: 1, rotated_at: signedInAt }
      return { user, isNew, tokens: await tokens.issue(begun) }
    },
  }
}

async function wasSentCode({ orm }: Database, phone: string): Promise<boolean> {
  const { phone: column } = smsCodesTable
  return (await orm.select({ phone: column }).from(smsCodesTable).where(eq(column, phone))).length > 0
}

/** Looks up the account and enters again when another login came first. */
export function amongOthers<Result>(lookAndEnter: () => Promise<Result>): Promise<Result> {
  return retry(lookAndEnter, pauses_ms, isDuplicateKey)
}

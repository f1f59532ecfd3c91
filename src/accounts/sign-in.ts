import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { post } from '../points/post.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type User, users } from '../users/schema.ts'
import { sessions, smsCodes } from './schema.ts'
import { spendCode } from './sms-code.ts'
import { refreshLife_s } from './tokens.ts'

const registrationBonus = 1_000

/** Why someone is let into the account of a phone. */
export type Proof =
  /** They typed the code sent to the phone; its digests, one for each secret that is good. */
  | { by: 'code'; codeHashes: readonly string[] }
  | { by: 'development' }
  /** WeChat vouched for the phone: the account becomes the one of this openid, in place of an earlier one. */
  | { by: 'wechat_phone'; openid: string }
  /** WeChat vouched for the openid, which the account must still have. */
  | { by: 'openid'; openid: string }

export interface SignIn {
  phone: string
  /** Null when no account has that phone yet. */
  userId: number | null
  proof: Proof
  session: { sessionId: string; device: string | null }
  /** JSON text. */
  deviceInfo: string | null
}

/** `unproved` is an outcome, not a refusal: the try that a wrong code cost must be kept. */
export type SignInOutcome =
  | { outcome: 'unproved' }
  | {
      outcome: 'signed_in'
      user: User
      isNew: boolean
      /** The account has another openid than before. */
      isBound: boolean
      signedInAt: Date
    }

/**
 * A proof becomes a session, and on the phone's first login an account with its bonus: one atom, a code works once.
 * An account bound to another openid in the meantime fails on the unique key.
 */
export const signIn: Operation<SignIn, SignInOutcome, Push> = {
  name: 'sign_in',
  owner: ({ phone, userId }) => userId ?? phone,
  needs: ({ phone, userId, proof }) => [
    userId === null
      ? { mapping: users, fresh: { mobile: phone, nickname: defaultNickname(phone) } }
      : rows(users, userId),
    ...(proof.by === 'code' ? [rows(smsCodes, phone)] : []),
  ],
  decide(unit, { phone, userId, proof, session, deviceInfo }) {
    if (proof.by === 'code' && !spendCode(unit, phone, proof.codeHashes)) return { outcome: 'unproved' }
    const known = userId === null ? undefined : requireUser(unit.find(users, [userId]))
    if (proof.by === 'openid' && known?.wx_openid !== proof.openid) return { outcome: 'unproved' }
    const user = known ? requireActive(known) : register(unit)
    const isBound = proof.by === 'wechat_phone' && user.wx_openid !== proof.openid
    unit.update(users, user, {
      last_login: unit.now,
      updated_at: unit.now,
      ...(isBound ? { wx_openid: proof.openid } : {}),
      ...(deviceInfo === null ? {} : { device_info: deviceInfo }),
    })
    openSession(unit, session, user.user_id)
    return { outcome: 'signed_in', user: { ...user }, isNew: userId === null, isBound, signedInAt: unit.now }
  },
}

function openSession(unit: UnitOfWork<Push>, { sessionId, device }: SignIn['session'], user_id: number): void {
  unit.append(sessions, {
    session_id: sessionId,
    user_id,
    generation: 1,
    rotated_at: unit.now,
    repeated: false,
    device,
    expires_at: new Date(unit.now.getTime() + refreshLife_s * 1000),
    revoked_at: null,
    created_at: unit.now,
  })
}

function register(unit: UnitOfWork<Push>): Readonly<User> {
  const user = unit.keepFresh(users)
  post(unit, user, {
    points: registrationBonus,
    source: 'register',
    related_id: `REG_${user.user_id}`,
    description: '新用户注册奖励',
  })
  return user
}

function requireUser(user: Readonly<User> | undefined): Readonly<User> {
  if (!user) throw new Refusal(2003)
  return user
}

function requireActive(user: Readonly<User>): Readonly<User> {
  if (user.status !== 'active') throw new Refusal(2004)
  return user
}

function defaultNickname(phone: string): string {
  return `用户${phone.slice(-4)}`
}

import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { newAccount, register } from '../points/register.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type User, users } from '../users/schema.ts'
import type { Visitor } from './known-devices.ts'
import { sessions, smsCodes } from './schema.ts'
import { spendCode } from './sms-code.ts'
import { refreshLife_s } from './tokens.ts'

/** What proves that someone may sign in to the account of a phone. */
export type Proof =
  /** They typed the code that was sent to the phone. It has one digest for each valid secret. */
  | { by: 'code'; codeHashes: readonly string[] }
  | { by: 'development' }
  /** WeChat confirmed the phone. The account is bound to this openid, which replaces an earlier one. */
  | { by: 'wechat_phone'; openid: string }
  /** WeChat confirmed the openid. The account must still be bound to it. */
  | { by: 'openid'; openid: string }

export interface SignIn {
  phone: string
  /** Null when no account has that phone yet. */
  userId: number | null
  proof: Proof
  by: Pick<Visitor, 'countKey' | 'isKnown'>
  session: {
    sessionId: string
    device: string | null
    deviceHash: string
    /** The device holds a token of this account: it is none of which the others have to be told. */
    isProven: boolean
  }
  /** JSON text. */
  deviceInfo: string | null
}

/** `unproved` is an outcome and not a refusal: a refusal would not save the count of wrong tries. */
export type SignInOutcome =
  | { outcome: 'unproved' }
  | {
      outcome: 'signed_in'
      user: User
      isNew: boolean
      /** The account's openid changed. */
      isBound: boolean
      signedInAt: Date
    }

/**
 * Opens a session for a proof. The phone's first login also creates the account with its bonus. All of it happens in
 * one transaction, and a code works once. If the openid was bound to another account meanwhile, the unique key fails
 * it.
 */
export const signIn: Operation<SignIn, SignInOutcome, Push> = {
  name: 'sign_in',
  laneKey: ({ phone, userId }) => userId ?? phone,
  needs: ({ phone, userId, proof }) => [
    userId === null ? newAccount(phone) : rows(users, userId),
    ...(proof.by === 'code' ? [rows(smsCodes, phone)] : []),
  ],
  decide(unit, { phone, userId, proof, by, session, deviceInfo }) {
    if (proof.by === 'code' && !spendCode(unit, { phone, codeHashes: proof.codeHashes, by }))
      return { outcome: 'unproved' }
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
    if (known && !session.isProven) unit.announce(newDeviceNotice(user.user_id, session.device, unit.now))
    return { outcome: 'signed_in', user: { ...user }, isNew: userId === null, isBound, signedInAt: unit.now }
  },
}

/** Tells the devices that are signed in. The new device has no socket yet. */
function newDeviceNotice(user_id: number, device: string | null, now: Date): Push {
  return {
    to: { user_id },
    type: 'system_notification',
    data: {
      title: '新设备登录',
      content: `您的账号刚刚在${device === null ? '一台新设备' : `“${device}”`}上登录。如非本人操作，请在登录设备中将其退出。`,
      notification_type: 'warning',
      timestamp: now.toISOString(),
    },
  }
}

function openSession(unit: UnitOfWork<Push>, session: SignIn['session'], user_id: number): void {
  const { sessionId, device, deviceHash } = session
  unit.append(sessions, {
    session_id: sessionId,
    user_id,
    generation: 1,
    rotated_at: unit.now,
    repeated: false,
    device,
    device_hash: deviceHash,
    expires_at: new Date(unit.now.getTime() + refreshLife_s * 1000),
    revoked_at: null,
    created_at: unit.now,
  })
}

function requireUser(user: Readonly<User> | undefined): Readonly<User> {
  if (!user) throw new Refusal(2003)
  return user
}

function requireActive(user: Readonly<User>): Readonly<User> {
  if (user.status !== 'active') throw new Refusal(2004)
  return user
}

import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { post } from '../points/post.ts'
import type { Books } from '../till/books.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/shelf.ts'
import { type User, users } from '../users/schema.ts'
import { sessions, smsCodes } from './schema.ts'
import { spendCode } from './sms-code.ts'
import { refreshLife_s } from './tokens.ts'

const registrationBonus = 1_000

/** Someone proved to hold a phone; `userId` is null when no account has that phone yet. */
export interface SignIn {
  phone: string
  userId: number | null
  /** The digest of the code they typed; null when the development code or WeChat stands for it. */
  codeHash: string | null
  sessionId: string
  /** JSON text. */
  deviceInfo: string | null
}

/** `wrong_code` is an outcome, not a refusal: the try it cost must be kept. */
export type SignInOutcome =
  | { outcome: 'wrong_code' }
  | { outcome: 'signed_in'; user: User; isNew: boolean; signedInAt: Date }

/** A code becomes a session, and on the phone's first login an account with its bonus: one atom, the code works once. */
export const signIn: Operation<SignIn, SignInOutcome, Push> = {
  name: 'sign_in',
  owner: ({ phone, userId }) => userId ?? phone,
  needs: ({ phone, userId, codeHash }) => [
    userId === null
      ? { shelf: users, fresh: { mobile: phone, nickname: defaultNickname(phone) } }
      : rows(users, userId),
    ...(codeHash === null ? [] : [rows(smsCodes, phone)]),
  ],
  decide(books, input) {
    if (input.codeHash !== null && !spendCode(books, input.phone, input.codeHash)) return { outcome: 'wrong_code' }
    const user = input.userId === null ? register(books) : requireActive(books.find(users, [input.userId]))
    books.update(users, user, {
      last_login: books.now,
      updated_at: books.now,
      ...(input.deviceInfo === null ? {} : { device_info: input.deviceInfo }),
    })
    books.append(sessions, {
      session_id: input.sessionId,
      user_id: user.user_id,
      generation: 1,
      rotated_at: books.now,
      repeated: false,
      expires_at: new Date(books.now.getTime() + refreshLife_s * 1000),
      revoked_at: null,
      created_at: books.now,
    })
    return { outcome: 'signed_in', user: { ...user }, isNew: input.userId === null, signedInAt: books.now }
  },
}

function register(books: Books<Push>): Readonly<User> {
  const user = books.keepFresh(users)
  post(books, user, {
    points: registrationBonus,
    source: 'register',
    related_id: `REG_${user.user_id}`,
    description: '新用户注册奖励',
  })
  return user
}

function requireActive(user: Readonly<User> | undefined): Readonly<User> {
  if (!user) throw new Refusal(2003)
  if (user.status !== 'active') throw new Refusal(2004)
  return user
}

function defaultNickname(phone: string): string {
  return `用户${phone.slice(-4)}`
}

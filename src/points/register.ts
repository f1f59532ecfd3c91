import type { Push } from '../contract/messages.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { retry } from '../lib/retry.ts'
import type { Need } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type User, users } from '../users/schema.ts'
import { post } from './post.ts'

const registrationBonus = 1_000
const pauses_ms = [0, 0]

/** The row of an account that a phone is to have; `register` keeps it. */
export function newAccount(mobile: string): Need {
  return { mapping: users, fresh: { mobile, nickname: `用户${mobile.slice(-4)}` } }
}

/** Keeps the new account, with its bonus and the ledger row that says so. */
export function register(unit: UnitOfWork<Push>): Readonly<User> {
  const user = unit.keepFresh(users)
  post(unit, user, {
    points: registrationBonus,
    source: 'register',
    related_id: `REG_${user.user_id}`,
    description: '新用户注册奖励',
  })
  return user
}

/** Looks up the account and works again when another request made it first. */
export function amongOthers<Result>(lookAndWork: () => Promise<Result>): Promise<Result> {
  return retry(lookAndWork, pauses_ms, isDuplicateKey)
}

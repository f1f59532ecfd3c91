import { phone } from '../contract/wire.ts'
import { OperatorError } from '../operator-error.ts'
import type { Services } from '../services.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import { UsageError } from './usage.ts'

/** The account that a command names by its phone. */
export async function accountOf({ database }: Services, mobile: string): Promise<User> {
  const user = await findUserByMobile(database, mobile)
  if (!user) throw new OperatorError(`No account has the phone ${mobile}; it is made at the first login.`)
  return user
}

/** @throws {UsageError} for what isn't a phone number. */
export function requireMobile(text: string | undefined): string {
  const parsed = phone.safeParse(text)
  if (!parsed.success) throw new UsageError(`${text ?? 'nothing'} is not a phone number.`)
  return parsed.data
}

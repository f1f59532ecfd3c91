import { openServices } from '../composition/open-services.ts'
import type { Services } from '../composition/services.ts'
import { phone } from '../contract/wire.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** One verb of a command, and what it does to the account that the next argument names. */
export interface AccountVerb {
  /** What the account is afterwards, such as "a merchant". */
  standing: string
  change(services: Services, userId: number): Promise<{ changed: boolean }>
}

/** A command that takes one of these verbs and a phone. */
export function commandOnAccount(verbs: Readonly<Record<string, AccountVerb>>): Command {
  return async ({ args, config, print }) => {
    const [name = '', mobile, ...rest] = args
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb || rest.length > 0) throw new UsageError(`Say ${Object.keys(verbs).join(' or ')}, and a phone.`)
    const wanted = requireMobile(mobile)
    const { services, close } = await openServices(config, print)
    try {
      const { user_id } = await requireAccount(services, wanted)
      const { changed } = await verb.change(services, user_id)
      print(changed ? `${wanted} is now ${verb.standing}.` : `${wanted} was already ${verb.standing}.`)
      return 0
    } finally {
      await close()
    }
  }
}

/**
 * The account with this phone.
 * @throws {OperatorError} when there is none.
 */
export async function requireAccount({ database }: Services, mobile: string): Promise<User> {
  const user = await findUserByMobile(database, mobile)
  if (!user) throw new OperatorError(`No account has the phone ${mobile}; it is made at the first login.`)
  return user
}

/** @throws {UsageError} when it is no phone number. */
export function requireMobile(text: string | undefined): string {
  const parsed = phone.safeParse(text)
  if (!parsed.success) throw new UsageError(`${text ?? 'nothing'} is not a phone number.`)
  return parsed.data
}

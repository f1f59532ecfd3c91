import { openInstallation } from '../composition/installation.ts'
import type { Services } from '../composition/services.ts'
import { phone } from '../contract/wire.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { findUserByMobile } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** What one word of a command does to the account that is named behind it. */
export interface AccountVerb {
  /** What it is afterwards. */
  standing: string
  change(services: Services, userId: number): Promise<{ changed: boolean }>
}

/** A command of one of these verbs and a phone. */
export function commandOnAccount(verbs: Readonly<Record<string, AccountVerb>>): Command {
  return async ({ args, config, print }) => {
    const [name = '', mobile, ...rest] = args
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb || rest.length > 0) throw new UsageError(`Say ${Object.keys(verbs).join(' or ')}, and a phone.`)
    const wanted = requireMobile(mobile)
    const { services, close } = await openInstallation(config, print)
    try {
      const { user_id } = await requireAccount(services, wanted)
      const { changed } = await verb.change(services, user_id)
      print(changed ? `${wanted} is now ${verb.standing}.` : `${wanted} was ${verb.standing} already.`)
      return 0
    } finally {
      await close()
    }
  }
}

/** The account that a command names by its phone. */
export async function requireAccount({ database }: Services, mobile: string): Promise<User> {
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

import { systemActor } from '../staff/actor.ts'
import { readStaff } from '../staff/queries.ts'
import { type Role, roles } from '../staff/roles.ts'
import { grantRole, setRole } from '../staff/set-role.ts'
import type { Command } from './command.ts'
import { requireAccount, requireMobile } from './named-account.ts'
import { UsageError } from './usage.ts'
import { doWork, type Work } from './work.ts'

const peopleAQuery = 100

/** Shows who has which role, gives someone one, or takes it away. */
export const staffCommand: Command = async (context) => doWork(context, workOf(context.args))

function workOf([verb, mobile, role, ...rest]: string[]): Work {
  if (verb === 'list' && mobile === undefined) return list
  if (verb === 'revoke' && role === undefined) return revoke(requireMobile(mobile))
  if (verb === 'grant' && rest.length === 0) return grant(requireMobile(mobile), requireRole(role))
  throw new UsageError('staff takes list, grant with a phone and a role, or revoke and a phone.')
}

function requireRole(text: string | undefined): Role {
  const role = roles.find((known) => known === text)
  if (!role) throw new UsageError(`${text ?? 'nothing'} is no role; there are ${roles.join(', ')}.`)
  return role
}

const list: Work = async ({ database }, print) => {
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const { staff, pagination } = await readStaff(database, { page, limit: peopleAQuery })
    pages = pagination.total_pages
    if (pagination.total === 0) print('Nobody has a role.')
    for (const { user, role, row } of staff) {
      const since = row ? `since ${row.granted_at.toISOString()}` : 'by an earlier version'
      const standing = user.status === 'active' ? '' : ` (${user.status})`
      print(`${user.mobile}  ${role.padEnd(8)}  ${since}${standing}  ${user.nickname}`)
    }
  }
}

function grant(mobile: string, role: Role): Work {
  return async (services, print) => {
    const { answer } = await grantRole(services, { mobile, role, actor: systemActor() })
    print(answer.was === role ? `${mobile} was ${role} already.` : `${mobile} is now ${role}.`)
  }
}

function revoke(mobile: string): Work {
  return async (services, print) => {
    const { user_id: userId } = await requireAccount(services, mobile)
    const { answer } = await services.till.run(setRole, { who: { userId }, role: null, actor: systemActor() })
    print(answer.was === null ? `${mobile} had no role.` : `${mobile} is no ${answer.was} any more.`)
  }
}

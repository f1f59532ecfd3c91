import { openServices } from '../composition/open-services.ts'
import { readAudit } from '../staff/queries.ts'
import { type AuditQuery, auditQuery } from '../staff/wire.ts'
import type { Command } from './command.ts'
import { requireAccount, requireMobile } from './named-account.ts'
import { UsageError } from './usage.ts'

const options = ['actor', 'action', 'target', 'from', 'to', 'page', 'limit']

/** Shows what the staff and the commands did, newest first. */
export const auditCommand: Command = async ({ args, config, print }) => {
  const { mobile, query } = parse(args)
  const { services, close } = await openServices(config, print)
  try {
    const actor = mobile === undefined ? {} : { actor_id: (await requireAccount(services, mobile)).user_id }
    const { database, calendar } = services
    const { records, pagination } = await readAudit(database, calendar, { ...query, ...actor })
    for (const { created_at, actor: by, system_user, address_id, action, target, before, after, details } of records) {
      const who = by ? `user:${by.user_id}` : `system:${system_user ?? 'unknown'}`
      const states = [before, after, details].map((state) => JSON.stringify(state)).join('  ')
      print(`${created_at}  ${who}  ${address_id ?? '-'}  ${action}  ${target}  ${states}`)
    }
    print(`Page ${pagination.page} of ${pagination.total_pages}, ${pagination.total} rows.`)
    return 0
  } finally {
    await close()
  }
}

function parse(args: readonly string[]): { mobile: string | undefined; query: AuditQuery } {
  const given: Record<string, string | undefined> = {}
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, '') ?? ''
    const value = args[at + 1]
    if (!args[at]?.startsWith('--') || !options.includes(name) || value === undefined || Object.hasOwn(given, name))
      throw new UsageError(`audit takes ${options.map((option) => `--${option}`).join(', ')}, each with a value.`)
    given[name] = value
  }
  const { actor, ...filters } = given
  const parsed = auditQuery.safeParse(filters)
  if (!parsed.success) throw new UsageError(`--${parsed.error.issues[0]?.path.join('.')} can't be understood.`)
  return { mobile: actor === undefined ? undefined : requireMobile(actor), query: parsed.data }
}

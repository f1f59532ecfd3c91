import { openServices } from '../composition/open-services.ts'
import type { Services } from '../composition/services.ts'
import { readAudit } from '../staff/queries.ts'
import { type AuditQuery, type AuditRecord, auditQuery } from '../staff/wire.ts'
import type { Command, CommandContext } from './command.ts'
import { requireAccount, requireMobile } from './named-account.ts'
import { UsageError } from './usage.ts'

const options = ['actor', 'action', 'target', 'from', 'to', 'page', 'limit']

const rowsAtOnce = 100

/** Shows what the staff and the commands did, newest first: a page of it, or all. */
export const auditCommand: Command = async ({ args, config, print, progress }) => {
  const { mobile, isAll, query } = parse(args)
  const { services, close } = await openServices(config, print)
  try {
    const actor = mobile === undefined ? {} : { actor_id: (await requireAccount(services, mobile)).user_id }
    if (isAll) {
      const written = await printAll(services, { ...query, ...actor }, { print, progress })
      print(`${written} rows.`)
      return 0
    }
    const { records, pagination } = await readAudit(services.database, services.calendar, { ...query, ...actor })
    for (const record of records) print(lineOf(record))
    print(`Page ${pagination.page} of ${pagination.total_pages}, ${pagination.total} rows.`)
    return 0
  } finally {
    await close()
  }
}

/** Prints every row that fits, from the newest one of now on. */
async function printAll(
  { database, calendar }: Services,
  query: AuditQuery,
  { print, progress }: Pick<CommandContext, 'print' | 'progress'>,
): Promise<number> {
  let total: number | undefined
  let before_id: number | undefined
  for (let done = 0; ; ) {
    const page = await readAudit(database, calendar, { ...query, limit: rowsAtOnce, before_id })
    total ??= page.pagination.total
    for (const record of page.records) print(lineOf(record))
    done += page.records.length
    before_id = page.records.at(-1)?.audit_id
    if (before_id === undefined) return done
    progress('rows of the audit log', done, total)
  }
}

function lineOf(record: AuditRecord): string {
  const { created_at, actor, system_user, address_id, action, target, before, after, details } = record
  const who = actor ? `user:${actor.user_id}` : `system:${system_user ?? 'unknown'}`
  const states = [before, after, details].map((state) => JSON.stringify(state)).join('  ')
  return `${created_at}  ${who}  ${address_id ?? '-'}  ${action}  ${target}  ${states}`
}

interface Asked {
  mobile: string | undefined
  isAll: boolean
  query: AuditQuery
}

function parse(words: readonly string[]): Asked {
  const args = words.filter((word) => word !== '--all')
  const isAll = args.length < words.length
  const given: Record<string, string | undefined> = {}
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, '') ?? ''
    const value = args[at + 1]
    if (!args[at]?.startsWith('--') || !options.includes(name) || value === undefined || Object.hasOwn(given, name))
      throw new UsageError(
        `audit takes ${options.map((option) => `--${option}`).join(', ')}, each with a value, or --all.`,
      )
    given[name] = value
  }
  const { actor, ...filters } = given
  if (isAll && (filters.page ?? filters.limit) !== undefined) throw new UsageError('--all shows every page.')
  const parsed = auditQuery.safeParse(filters)
  if (!parsed.success) throw new UsageError(`--${parsed.error.issues[0]?.path.join('.')} can't be understood.`)
  return { mobile: actor === undefined ? undefined : requireMobile(actor), isAll, query: parsed.data }
}

import type { Services } from '../composition/services.ts'
import { systemActor } from '../staff/actor.ts'
import type { Role } from '../staff/roles.ts'
import { setRole } from '../staff/set-role.ts'
import { readStandings } from '../staff/standing.ts'
import { commandOnAccount } from './named-account.ts'

/** Makes an account a manager, as all of the staff are to an earlier version, or takes any role away. */
export const merchantCommand = commandOnAccount({
  grant: { standing: 'a merchant', change: grant },
  revoke: { standing: 'no merchant', change: (services, userId) => change(services, userId, null) },
})

/** An owner stays one: it has the rights of a manager. */
async function grant(services: Services, userId: number): Promise<{ changed: boolean }> {
  const [standing] = await readStandings(services.database, [userId])
  return standing?.role === 'owner' ? { changed: false } : change(services, userId, 'manager')
}

async function change({ till }: Services, userId: number, role: Role | null): Promise<{ changed: boolean }> {
  const { answer } = await till.run(setRole, { who: { userId }, role, actor: systemActor() })
  return { changed: answer.was !== role }
}

import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { type User, users } from '../users/schema.ts'
import { audit } from './audit.ts'

type AccountChange<Change> = Operation<Change & { userId: number }, { changed: boolean }>

/** Makes a user a merchant, or takes the right away. Called from the command line. */
export const setMerchant: AccountChange<{ isMerchant: boolean }> = accountChange({
  name: 'set_merchant',
  patch: ({ isMerchant }) => ({ is_merchant: isMerchant }),
  entry: ({ isMerchant }) => ({ action: isMerchant ? 'merchant.grant' : 'merchant.revoke', details: {} }),
})

/** Stops an account, or activates it again. Called from the command line. All replicas follow within half a minute. */
export const setStanding: AccountChange<{ status: User['status'] }> = accountChange({
  name: 'set_standing',
  patch: ({ status }) => ({ status }),
  entry: ({ status }, { status: was }) => ({ action: `account.${status}`, details: { was } }),
})

function accountChange<Change>(of: {
  name: string
  patch(change: Change): Partial<Pick<User, 'is_merchant' | 'status'>>
  /** The entry for the audit log. */
  entry(change: Change, before: Readonly<User>): { action: string; details: object }
}): AccountChange<Change> {
  return {
    name: of.name,
    laneKey: ({ userId }) => userId,
    needs: ({ userId }) => [rows(users, userId)],
    decide(unit, change) {
      const user = unit.find(users, [change.userId])
      if (!user) throw new Refusal(2003)
      const patch = of.patch(change)
      if (Object.entries(patch).every(([column, value]) => user[column as keyof User] === value))
        return { changed: false }
      const entry = { actorId: null, target: `user:${change.userId}`, ...of.entry(change, user) }
      unit.update(users, user, { ...patch, updated_at: unit.now })
      audit(unit, entry)
      return { changed: true }
    },
  }
}

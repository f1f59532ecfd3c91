import { inArray } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { roleLeaf } from '../staff/leaves.ts'
import { staffTable } from '../staff/schema.ts'
import type { Leaf } from '../till/log-entry.ts'
import { statusLeaf } from '../users/leaf.ts'
import { usersTable } from '../users/schema.ts'
import type { Mismatch } from './checks.ts'

/** Of rows that change the log has every state. The last one is the one that stands. */
interface LoggedState {
  /** The first word of its leaves' labels. */
  kind: string
  /** What the log should say of these accounts last. */
  leavesOf(database: Database, userIds: number[]): Promise<Leaf[]>
  /** The accounts that the log has to know. */
  known(database: Database): Promise<number[]>
}

const idIn = (label: string) => Number(label.split(' ')[1])
const idsIn = (rows: readonly { user_id: number }[]) => rows.map(({ user_id }) => user_id)

export const loggedStates: readonly LoggedState[] = [
  {
    kind: 'role',
    async leavesOf({ orm }, userIds) {
      return (await orm.select().from(staffTable).where(inArray(staffTable.user_id, userIds))).map(roleLeaf)
    },
    known: async ({ orm }) => idsIn(await orm.select({ user_id: staffTable.user_id }).from(staffTable)),
  },
  {
    kind: 'status',
    async leavesOf({ orm }, userIds) {
      return (await orm.select().from(usersTable).where(inArray(usersTable.user_id, userIds))).map(statusLeaf)
    },
    // Of an account that was never stopped the log need not say so.
    known: async ({ query }) => idsIn(await query("SELECT user_id FROM users WHERE status IN ('inactive', 'banned')")),
  },
]

/** Holds the last state that the log has of each account's role and status against the rows, page by page. */
export async function createStateComparison(database: Database) {
  const kinds = await Promise.all(
    loggedStates.map(async ({ kind, leavesOf, known }) => ({
      ...{ kind, leavesOf },
      /** Of these accounts the log has to say something. Asked first: whatever changes later is in the log as well. */
      missing: new Set(await known(database)),
      /** The accounts whose last state so far is another one. */
      wrong: new Set<number>(),
    })),
  )
  return {
    async add(leaves: readonly Leaf[]): Promise<void> {
      for (const { kind, leavesOf, missing, wrong } of kinds) {
        const own = leaves.filter(({ label }) => label.startsWith(`${kind} `))
        if (own.length === 0) continue
        const ids = [...new Set(own.map(({ label }) => idIn(label)))]
        const present = new Map((await leavesOf(database, ids)).map(({ label, hash }) => [label, hash.toHex()]))
        for (const { label, hash } of own) {
          missing.delete(idIn(label))
          if (present.get(label) === hash.toHex()) wrong.delete(idIn(label))
          else wrong.add(idIn(label))
        }
      }
    },
    async mismatches(): Promise<Mismatch[]> {
      const changed = kinds.flatMap(({ kind, missing, wrong }) => [...wrong, ...missing].map((id) => `${kind} ${id}`))
      const odd = (await readOddMerchants(database)).map((id) => `role ${id}`)
      return [...new Set([...changed, ...odd])].map((id) => ({
        ...{ check: 'an account’s role and status are as they were logged last', id, details: {} },
      }))
    },
  }
}

/** Accounts that are of the staff without a role, or have a role without being of the staff. */
async function readOddMerchants({ query }: Database): Promise<number[]> {
  return idsIn(
    await query(
      `SELECT u.user_id FROM users u LEFT JOIN staff s ON s.user_id = u.user_id AND s.revoked_at IS NULL
        WHERE u.is_merchant = 1 AND s.user_id IS NULL
        UNION ALL
       SELECT s.user_id FROM staff s JOIN users u ON u.user_id = s.user_id
        WHERE s.revoked_at IS NULL AND u.is_merchant = 0`,
    ),
  )
}

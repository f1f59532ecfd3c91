import { inArray } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { roleLeaf } from '../staff/leaves.ts'
import { staffTable } from '../staff/schema.ts'
import type { Leaf } from '../till/log-entry.ts'
import { statusLeaf } from '../users/leaf.ts'
import { usersTable } from '../users/schema.ts'
import type { Mismatch } from './checks.ts'
import { leavesOf as leavesOfLog } from './log-walk.ts'

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

/** How often the log is gone through again for accounts whose last state is another one: they may change meanwhile. */
const looks = 3
const accountsAtOnce = 500

/** Holds the last state that the log has of each account's role and status against the rows. */
export async function createStateComparison(database: Database) {
  const kinds = await Promise.all(
    loggedStates.map(async ({ kind, leavesOf, known }) => ({
      /** Of these accounts the log has to say something. Asked first: their leaves are there by then. */
      known: await known(database),
      /** The last leaf of each account, in hex. */
      last: new Map<number, string>(),
      kind,
      async read(ids: readonly number[]): Promise<Map<number, string>> {
        const found = new Map<number, string>()
        for (let at = 0; at < ids.length; at += accountsAtOnce)
          for (const { label, hash } of await leavesOf(database, ids.slice(at, at + accountsAtOnce)))
            found.set(idIn(label), hash.toHex())
        return found
      },
    })),
  )
  const add = (leaves: readonly Leaf[]) => {
    for (const { kind, last } of kinds)
      for (const { label, hash } of leaves) if (label.startsWith(`${kind} `)) last.set(idIn(label), hash.toHex())
  }
  /** The accounts among `ids` whose row is another one than the log's last leaf, now and at the time of `before`. */
  const wrongOf = async (
    { last, read }: (typeof kinds)[number],
    ids: readonly number[],
    before?: ReadonlyMap<number, string>,
  ) => {
    const now = await read(ids)
    return ids.filter((id) => ![now.get(id), before?.get(id)].includes(last.get(id) ?? ''))
  }
  const wrongIds = async (stop: AbortSignal | undefined) => {
    let doubted = await Promise.all(
      kinds.map(async (kind) => ({
        kind,
        ids: await wrongOf(kind, [...new Set([...kind.known, ...kind.last.keys()])]),
      })),
    )
    for (let look = 0; look < looks && doubted.some(({ ids }) => ids.length > 0); look += 1) {
      const before = await Promise.all(doubted.map(({ kind, ids }) => kind.read(ids)))
      for await (const leaves of leavesOfLog(database, stop)) add(leaves)
      doubted = await Promise.all(
        doubted.map(async ({ kind, ids }, at) => ({ kind, ids: await wrongOf(kind, ids, before[at]) })),
      )
    }
    return doubted.flatMap(({ kind: { kind }, ids }) => ids.map((id) => `${kind} ${id}`))
  }
  return {
    add,
    async mismatches(stop?: AbortSignal): Promise<Mismatch[]> {
      const odd = (await readOddMerchants(database)).map((id) => `role ${id}`)
      return [...new Set([...(await wrongIds(stop)), ...odd])].map((id) => ({
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

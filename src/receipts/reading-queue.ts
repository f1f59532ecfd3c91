import { and, eq, lte, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'
import { readingQueueTable } from './schema.ts'

/** An upload that this process has begun with. */
export interface Claim {
  upload_id: string
  user_id: number
  /** How often somebody has begun with it, this time included. */
  tries: number
}

/** Longer than a photo takes. Then whoever began is gone, and somebody else begins. */
export const claimedFor_s = 180
/** After so many tries, over some two days, a photo counts as one that can't be read. */
export const mostTries = 10
const firstPause_s = 60
const longestPause_s = 12 * 3_600

const table = readingQueueTable
const nowThere = sql`UTC_TIMESTAMP(3)`
const inSeconds = (seconds: number) => sql`UTC_TIMESTAMP(3) + INTERVAL ${sql.raw(String(seconds))} SECOND`

/** Begins with the upload whose turn is next, if any is free. Of several replicas one gets it. */
export async function claimNext(database: Database): Promise<Claim | undefined> {
  for (;;) {
    const [next] = await database.query<Claim>(
      `SELECT upload_id, user_id, tries FROM reading_queue WHERE tries <= ? AND free_at <= UTC_TIMESTAMP(3)
        ORDER BY tries, turn, free_at LIMIT 1`,
      [mostTries],
    )
    if (!next) return undefined
    const isFree = and(eq(table.upload_id, next.upload_id), eq(table.tries, next.tries), lte(table.free_at, nowThere))
    const begun = { tries: next.tries + 1, free_at: inSeconds(claimedFor_s) }
    const [{ affectedRows }] = await database.orm.update(table).set(begun).where(isFree)
    if (affectedRows === 1) return { ...next, tries: next.tries + 1 }
  }
}

/** Leaves an upload for later: after a pause that grows with each try. */
export async function leaveForLater({ orm }: Database, { upload_id, tries }: Omit<Claim, 'user_id'>): Promise<void> {
  const pause_s = Math.min(longestPause_s, firstPause_s * 4 ** (tries - 1))
  await orm
    .update(table)
    .set({ tries, free_at: inSeconds(pause_s) })
    .where(eq(table.upload_id, upload_id))
}

/** Gives an upload back as if nobody had begun with it. */
export async function giveBack({ orm }: Database, { upload_id, tries }: Omit<Claim, 'user_id'>): Promise<void> {
  await orm
    .update(table)
    .set({ tries: tries - 1, free_at: nowThere })
    .where(eq(table.upload_id, upload_id))
}

/** Takes an upload out of the queue. What was found on it is committed by then, so that a crash before this costs work. */
export async function dequeue({ orm }: Database, uploadId: string): Promise<void> {
  await orm.delete(table).where(eq(table.upload_id, uploadId))
}

/** How many uploads wait. */
export async function countQueue(database: Database): Promise<number> {
  const [counted] = await database.query<{ waiting: number }>(
    'SELECT COUNT(*) AS waiting FROM reading_queue WHERE tries <= ?',
    [mostTries],
  )
  return counted?.waiting ?? 0
}

/** The turn of a user's next upload. Read while the user's row is locked, so it is nobody else's. */
export const readingTurns = derivedMapping({
  name: 'reading_turns',
  rank: lockOrder.readingQueue,
  updates: ['next'],
  keyOf: ({ user_id }: { user_id: number; next: number }) => [user_id],
  async load(tx, keys) {
    const users = keys.map(([user]) => Number(user))
    const [first] = await tx.query<{ turn: number | null }>(
      'SELECT MIN(turn) AS turn FROM reading_queue WHERE tries = 0',
    )
    const own = await tx.query<{ user_id: number; turn: number }>(
      'SELECT user_id, MAX(turn) AS turn FROM reading_queue WHERE user_id IN (?) AND tries = 0 GROUP BY user_id',
      [users],
    )
    const lastOf = new Map(own.map(({ user_id, turn }) => [user_id, turn]))
    return users.map((user_id) => ({ user_id, next: Math.max(first?.turn ?? 0, (lastOf.get(user_id) ?? -1) + 1) }))
  },
})

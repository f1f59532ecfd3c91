import { inArray } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { isKey, type Store } from '../storage/store.ts'
import { usersTable } from '../users/schema.ts'
import { uploadReviewsTable } from './schema.ts'

/** An object this young may belong to an upload that is still on its way. */
const youngest_ms = 3_600_000
const batchSize = 500

/**
 * Removes images older than an hour that no row knows, and leaves what is no image of ours; answers how many. Safe to
 * run at any time, beside itself too.
 * @throws `stop`'s reason once it is given; what is left is found again.
 */
export async function sweepImages(database: Database, store: Store, now: Date, stop?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - youngest_ms)
  const sweep = (folder: string, known: typeof knownReceipts) =>
    sweepFolder(store, folder, before, (keys) => {
      stop?.throwIfAborted()
      return known(database, keys)
    })
  return (await sweep('receipts', knownReceipts)) + (await sweep('avatars', knownAvatars))
}

async function sweepFolder(
  store: Store,
  folder: string,
  before: Date,
  knownAmong: (keys: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<number> {
  let swept = 0
  let batch: string[] = []
  const settle = async () => {
    const known = await knownAmong(batch)
    const unknown = batch.filter((key) => !known.has(key))
    await store.delete(unknown)
    swept += unknown.length
    batch = []
  }
  for await (const { key, keptAt } of store.list(folder)) {
    if (keptAt >= before || !isKey(key)) continue
    if (batch.push(key) >= batchSize) await settle()
  }
  if (batch.length > 0) await settle()
  return swept
}

async function knownReceipts({ orm }: Database, keys: readonly string[]): Promise<Set<string>> {
  const imageKeyOf = (key: string) => key.replace(/^receipts\/|(-preview)?\.jpg$/g, '')
  const { image_key } = uploadReviewsTable
  const wanted = [...new Set(keys.map(imageKeyOf))]
  const rows = await orm.select({ image_key }).from(uploadReviewsTable).where(inArray(image_key, wanted))
  const known = new Set(rows.map((row) => row.image_key))
  return new Set(keys.filter((key) => known.has(imageKeyOf(key))))
}

/** An avatar's name begins with its user's id, so that its row is found by its key. */
async function knownAvatars({ orm }: Database, keys: readonly string[]): Promise<Set<string>> {
  const userIds = keys.map((key) => Number(/^avatars\/(\d+)-/.exec(key)?.[1] ?? 0))
  const { user_id, avatar } = usersTable
  const rows = await orm.select({ avatar }).from(usersTable).where(inArray(user_id, userIds))
  return new Set(rows.map((row) => row.avatar?.slice(1) ?? ''))
}

import type { Database } from '../db/client.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Store } from '../storage/store.ts'
import { type LookedUp, lookUpImages } from './known-images.ts'

/** Before the folder's name: objects there have the names they had, and no link leads to them. */
const prefix = 'quarantine-'

/** So long an image that no row knew can be brought back. */
const quarantine_ms = 7 * day_ms

/** Takes an image out of its place. A crash on the way leaves it in both places, and the next time ends it. */
export async function putAway(store: Store, key: string): Promise<void> {
  await move(store, key, prefix + key)
}

/** Brings an image back to its place; false when the quarantine doesn't have it. */
export async function bringBack(store: Store, key: string): Promise<boolean> {
  return move(store, prefix + key, key)
}

/** What is in the quarantine, by the keys that the images had. */
export function listQuarantine(database: Database, store: Store, stop?: AbortSignal): AsyncGenerator<LookedUp> {
  return lookUpImages(database, store, prefix, stop)
}

/** Images whose rows have come back follow them; answers how many. */
export async function bringBackKnown(database: Database, store: Store, stop?: AbortSignal): Promise<number> {
  let broughtBack = 0
  for await (const { key, isKnown } of listQuarantine(database, store, stop)) {
    if (isKnown && (await bringBack(store, key))) broughtBack += 1
  }
  return broughtBack
}

/** Removes for good what nobody missed for a week; answers how many. */
export async function removeOld(database: Database, store: Store, now: Date, stop?: AbortSignal): Promise<number> {
  const oldest = new Date(now.getTime() - quarantine_ms)
  let removed = 0
  for await (const { key, keptAt, isKnown } of listQuarantine(database, store, stop)) {
    if (isKnown || keptAt >= oldest) continue
    await store.delete([prefix + key])
    removed += 1
  }
  return removed
}

async function move(store: Store, from: string, to: string): Promise<boolean> {
  const bytes = await store.get(from)
  if (bytes === undefined) return false
  await store.put(to, bytes)
  await store.delete([from])
  return true
}

import { AlertedError } from '../alerts/alert.ts'
import type { Database } from '../db/client.ts'
import { mostAtOnce } from '../lib/most-at-once.ts'
import { areOne, join, part, readMarks } from '../storage/installation.ts'
import type { Store } from '../storage/store.ts'
import { lookUpImages } from './known-images.ts'
import { bringBackKnown, putAway, removeOld } from './quarantine.ts'

/** A younger object may belong to an upload that is not filed yet. */
const youngest_ms = 3_600_000

/** What the store holds, compared with the rows. */
export interface Survey {
  images: number
  known: number
  /** The keys that no row knows, of images that are old enough to be judged. */
  unknown: readonly string[]
}

export interface SweepOptions {
  now: Date
  /** More than the service puts away by itself. */
  most?: number
  stop?: AbortSignal
}

export interface Swept {
  putAway: number
  broughtBack: number
  removed: number
}

/**
 * Puts images that are older than an hour and in no row into the quarantine, and removes what was there for a week. It
 * is safe at any time, even twice at once. When a list or a look-up fails half-way, everything stays where it is.
 * @throws {AlertedError} when store and database are not known to belong together, or too much is unknown.
 * @throws the reason of `stop` once it is given. The next run finds what is left.
 */
export async function sweepImages(database: Database, store: Store, options: SweepOptions): Promise<Swept> {
  const { now, stop } = options
  const whose = await belonging(database, store, now, stop)
  if (whose === 'unclear') return { putAway: 0, broughtBack: 0, removed: 0 }
  if (whose === 'apart') {
    const message = 'the image store is not known to belong to this database; see `images`'
    throw new AlertedError({ event: 'sweep_stopped', why: 'apart' }, message)
  }
  const broughtBack = await bringBackKnown(database, store, stop)
  const { images, unknown } = await survey(database, store, now, stop)
  const most = options.most ?? mostAtOnce(images)
  if (unknown.length > most) {
    const message = `no row knows ${unknown.length} of ${images} images, and ${most} are put away at once; see \`images\``
    throw new AlertedError({ event: 'sweep_stopped', why: 'too_many', images, unknown: unknown.length, most }, message)
  }
  for (const key of unknown) {
    stop?.throwIfAborted()
    await putAway(store, key)
  }
  return { putAway: unknown.length, broughtBack, removed: await removeOld(database, store, now, stop) }
}

/** Counts the whole store. Nothing is decided before the end. */
export async function survey(database: Database, store: Store, now: Date, stop?: AbortSignal): Promise<Survey> {
  const before = new Date(now.getTime() - youngest_ms)
  const found = { images: 0, known: 0, unknown: [] as string[] }
  for await (const { key, keptAt, isKnown } of lookUpImages(database, store, '', stop)) {
    found.images += 1
    if (isKnown) found.known += 1
    else if (keptAt < before) found.unknown.push(key)
  }
  return found
}

/**
 * Whether the two belong together, by their marks. The first time that one of them has none it is told by what is
 * there, and from then on the marks hold: a wrong database that goes on and fills up must not become the right one. A
 * store without images is anyone's.
 */
async function belonging(
  database: Database,
  store: Store,
  now: Date,
  stop?: AbortSignal,
): Promise<'one' | 'apart' | 'unclear'> {
  const marks = await readMarks(database, store)
  if (areOne(marks)) return 'one'
  const { images, known, unknown } = await survey(database, store, now, stop)
  if (marks.database !== undefined && marks.store !== undefined && images > 0) return 'apart'
  // Too young to be judged, all of it.
  if (images > 0 && known === 0 && unknown.length === 0) return 'unclear'
  const isOurs = images === 0 || (known > 0 && unknown.length <= mostAtOnce(images))
  await (isOurs ? join : part)(database, store)
  return isOurs ? 'one' : 'apart'
}

import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, ne, or } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { Fingerprint } from './photo/fingerprint.ts'
import { hashWords, isNearCopy, packHash } from './photo/hamming-distance.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { uploadReviewsTable } from './schema.ts'

/**
 * Finds uploads whose photos look alike, among the most recent ones. A photo's perceptual hash is made in
 * `photo/fingerprint.ts`; two of them are compared by their Hamming distance, in `photo/hamming-distance.ts`.
 */
export interface NearCopies {
  /** Begins a search for the uploads that a photo was copied from. Its own upload is left out. */
  searchFor(photo: Fingerprint, ownId: string): NearCopySearch
}

export interface NearCopySearch {
  /** Compares the photo with the uploads that came since the last look. True when there were any. */
  look(): Promise<boolean>
  /** The ids of a few uploads that the photo was likely copied from, out of those that were looked at. */
  named(reading: ReceiptReading | null): Promise<string[]>
}

/** So many of the latest uploads are compared. That takes a few milliseconds. */
const mostKept = 20_000
/** Of those that look alike, so many of the newest are looked up, and so many of them are named. */
const mostAlike = 500
const mostNamed = 5
/** An upload may be committed a little after others whose `created_at` is later. */
const overlap_ms = 60_000

const table = uploadReviewsTable

export function createNearCopies(database: Database): NearCopies {
  const recent = new RecentHashes()
  let seenUntil = new Date(0)
  const refresh = begunAfterCall(async () => {
    for (const { upload_id, image_phash, created_at } of await rowsSince(database, seenUntil)) {
      if (created_at > seenUntil) seenUntil = created_at
      recent.add(upload_id, image_phash ?? '')
    }
  })

  return {
    searchFor({ probes }, ownId) {
      const wanted = probes.map(packHash)
      let alike: string[] = []
      let lookedUntil = 0
      return {
        async look() {
          await refresh()
          const news = recent.since(lookedUntil, wanted)
          lookedUntil = news.end
          alike = [...news.alike, ...alike].slice(0, mostAlike)
          return news.ids.some((id) => id !== ownId)
        },
        named: (reading) => confirmed(database, alike, reading, ownId),
      }
    },
  }
}

/** The hashes of recent uploads, in the order in which they were added. The place of an upload never changes. */
class RecentHashes {
  #ids: string[] = []
  #hashes = new Uint32Array(0)
  #known = new Set<string>()
  /** How many of the oldest were dropped. */
  #dropped = 0

  add(id: string, hash: string): void {
    if (this.#known.has(id)) return
    if (this.#ids.length >= 2 * mostKept) this.#drop(this.#ids.length - mostKept)
    this.#known.add(id)
    if ((this.#ids.length + 1) * hashWords > this.#hashes.length) this.#hashes = grown(this.#hashes)
    this.#hashes.set(packHash(hash), this.#ids.length * hashWords)
    this.#ids.push(id)
  }

  /** What was added from a place on: every id, and the ids of what looks alike, the newest first. */
  since(place: number, wanted: readonly Uint32Array[]): { ids: string[]; alike: string[]; end: number } {
    const from = Math.max(0, place - this.#dropped)
    const alike: string[] = []
    for (let at = this.#ids.length - 1; at >= from && alike.length < mostAlike; at -= 1) {
      if (isNearCopy(this.#hashes, at * hashWords, wanted)) alike.push(this.#ids[at] ?? '')
    }
    return { ids: this.#ids.slice(from), alike, end: this.#dropped + this.#ids.length }
  }

  #drop(count: number): void {
    this.#hashes = this.#hashes.slice(count * hashWords, this.#ids.length * hashWords)
    this.#ids = this.#ids.slice(count)
    this.#known = new Set(this.#ids)
    this.#dropped += count
  }
}

/** Runs `work` once at a time. Each call waits for a run that begins after the call; calls that wait share one run. */
function begunAfterCall(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined
  return () => {
    next ??= running.then(() => {
      const begun = work()
      running = begun.catch(() => {})
      next = undefined
      return begun
    })
    return next
  }
}

function rowsSince({ orm }: Database, seenUntil: Date) {
  const { upload_id, image_phash, created_at } = table
  const since = new Date(Math.max(0, seenUntil.getTime() - overlap_ms))
  const where = and(gte(created_at, since), isNotNull(image_phash))
  const query = orm.select({ upload_id, image_phash, created_at }).from(table).where(where)
  return seenUntil.getTime() === 0
    ? query
        .orderBy(desc(created_at))
        .limit(mostKept)
        .then((rows) => rows.reverse())
    : query.orderBy(asc(created_at)).limit(mostKept)
}

/** Two screens of one payment app look as alike as copies do. Their amounts tell them apart. */
async function confirmed(
  { orm }: Database,
  alike: readonly string[],
  reading: ReceiptReading | null,
  ownId: string,
): Promise<string[]> {
  if (alike.length === 0) return []
  const { upload_id, recognized_amount_fen: amount_fen } = table
  const where = and(inArray(upload_id, [...alike]), ne(upload_id, ownId))
  const own = reading?.amount_fen ?? null
  const sameAmount = own === null ? undefined : or(isNull(amount_fen), eq(amount_fen, own))
  const found = await orm
    .select({ upload_id })
    .from(table)
    .where(and(where, sameAmount))
    .orderBy(desc(table.created_at))
    .limit(mostNamed)
  return found.map((other) => other.upload_id)
}

function grown(hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(Math.max(1_024 * hashWords, hashes.length * 2))
  more.set(hashes)
  return more
}

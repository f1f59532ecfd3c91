import { and, asc, desc, gte, isNotNull } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { Fingerprint } from './photo/fingerprint.ts'
import { hashWords, isNearCopy, packHash } from './photo/hamming-distance.ts'
import { uploadReviewsTable } from './schema.ts'

/**
 * Finds uploads whose photos look alike, among the most recent ones. A photo's perceptual hash is made in
 * `photo/fingerprint.ts`; two of them are compared by their Hamming distance, in `photo/hamming-distance.ts`.
 */
export interface NearCopies {
  /** Begins a search for uploads whose photo looks like this one. Its own upload is left out. */
  searchFor(photo: Fingerprint, ownId: string): NearCopySearch
}

export interface NearCopySearch {
  /** Compares the photo with the uploads that came since the last look. The ids of all that look alike so far. */
  look(): Promise<readonly string[]>
}

/** So many of the latest uploads are compared. That takes a few milliseconds. */
const mostKept = 20_000
/** Of those that look alike, so many of the newest are named. */
const mostAlike = 200
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
          alike = [...news.alike.filter((id) => id !== ownId), ...alike].slice(0, mostAlike)
          return alike
        },
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

  /** The ids of what was added from a place on and looks alike, the newest first. */
  since(place: number, wanted: readonly Uint32Array[]): { alike: string[]; end: number } {
    const from = Math.max(0, place - this.#dropped)
    const alike: string[] = []
    for (let at = this.#ids.length - 1; at >= from && alike.length < mostAlike; at -= 1) {
      if (isNearCopy(this.#hashes, at * hashWords, wanted)) alike.push(this.#ids[at] ?? '')
    }
    return { alike, end: this.#dropped + this.#ids.length }
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

function grown(hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(Math.max(1_024 * hashWords, hashes.length * 2))
  more.set(hashes)
  return more
}

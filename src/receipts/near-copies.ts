import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, ne, or } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { Fingerprint } from './photo/fingerprint.ts'
import { hashWords, isNearCopy, packHash } from './photo/likeness.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { uploadReviewsTable } from './schema.ts'

/** Finds uploads whose photos look alike, among the most recent ones. */
export interface NearCopies {
  /** The ids of a few uploads whose photo is likely the source of this one. */
  find(photo: Fingerprint, reading: ReceiptReading | null, ownId: string): Promise<string[]>
}

/** So many recent uploads are compared: a search of them takes a few milliseconds. */
const mostKept = 20_000
/** Of those that look alike, so many are looked at closer, the newest first, and so many named. */
const mostAlike = 500
const mostNamed = 5
/** Commits may come a little out of the order of their instants. */
const overlap_ms = 60_000

const table = uploadReviewsTable

export function createNearCopies(database: Database): NearCopies {
  let ids: string[] = []
  let hashes = new Uint32Array(0)
  let known = new Set<string>()
  let seenUntil = new Date(0)
  let refreshing: Promise<void> | undefined

  const refresh = async () => {
    for (const { upload_id, image_phash, created_at } of await rowsSince(database, seenUntil)) {
      if (created_at > seenUntil) seenUntil = created_at
      if (known.has(upload_id)) continue
      known.add(upload_id)
      if ((ids.length + 1) * hashWords > hashes.length) hashes = grown(hashes)
      hashes.set(packHash(image_phash ?? ''), ids.length * hashWords)
      ids.push(upload_id)
    }
    if (ids.length <= 2 * mostKept) return
    hashes = hashes.slice((ids.length - mostKept) * hashWords, ids.length * hashWords)
    ids = ids.slice(-mostKept)
    known = new Set(ids)
  }

  return {
    async find({ probes }, reading, ownId) {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      await refreshing
      const wanted = probes.map(packHash)
      const alike: string[] = []
      for (let at = ids.length - 1; at >= 0 && alike.length < mostAlike; at -= 1) {
        if (isNearCopy(hashes, at * hashWords, wanted)) alike.push(ids[at] ?? '')
      }
      return confirmed(database, alike, reading, ownId)
    },
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

/** Two screens of one payment app look as alike as copies do: different amounts tell them apart. */
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

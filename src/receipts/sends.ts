import type { Transaction } from '../db/transact.ts'
import { lockOrder } from '../lock-order.ts'
import { derivedMapping, type Key } from '../till/table-mapping.ts'

/** What a user has sent of one photo. */
export interface PhotoSends {
  user_id: number
  image_sha256: string
  sends: number
  /** The upload of it that was not rejected; while there is one the photo can't be sent again. */
  unrejectedUpload: string | null
}

/** Read while the user's row is locked, so no other upload or review of theirs can come in between. */
export const photoSends = derivedMapping({
  name: 'photo_sends',
  rank: lockOrder.uploads,
  updates: ['sends', 'unrejectedUpload'],
  keyOf: ({ user_id, image_sha256 }: PhotoSends) => [user_id, image_sha256],
  load: readPhotoSends,
})

/** How often each of these photos was sent. A photo is named by its user and its SHA-256. */
export async function readPhotoSends(
  database: Pick<Transaction, 'query'>,
  keys: readonly Key[],
): Promise<PhotoSends[]> {
  const found = await database.query<PhotoSends>(
    `SELECT user_id, image_sha256, COUNT(*) AS sends,
            MAX(CASE WHEN review_status <> 'rejected' THEN upload_id END) AS unrejectedUpload
       FROM upload_reviews WHERE ${keys.map(() => '(image_sha256 = ? AND user_id = ?)').join(' OR ')}
      GROUP BY user_id, image_sha256`,
    keys.flatMap(([user_id, sha256]) => [sha256, user_id]),
  )
  return keys.map(([user, sha256]) => {
    const [user_id, image_sha256] = [Number(user), String(sha256)]
    const known = found.find((row) => row.user_id === user_id && row.image_sha256 === image_sha256)
    return known ?? { user_id, image_sha256, sends: 0, unrejectedUpload: null }
  })
}

/** How many uploads a user has made since an instant. */
export interface UploadCount {
  user_id: number
  /** ISO 8601, the start of the business day. */
  since: string
  count: number
}

/** Counted while the user's row is locked, so no other upload of theirs can come in between. */
export const uploadCounts = derivedMapping({
  name: 'upload_counts',
  rank: lockOrder.uploads,
  updates: ['count'],
  keyOf: ({ user_id, since }: UploadCount) => [user_id, since],
  load: readUploadCounts,
})

/** How many uploads each of these users has made since an instant. */
export async function readUploadCounts(
  database: Pick<Transaction, 'query'>,
  keys: readonly Key[],
): Promise<UploadCount[]> {
  // Nearly always one: another day begins in few batches.
  const bySince = Map.groupBy(keys, ([, since]) => String(since))
  const one = `SELECT ? AS since, user_id, COUNT(*) AS count FROM upload_reviews
    WHERE user_id IN (?) AND created_at >= ? GROUP BY user_id`
  const found = await database.query<UploadCount>(
    [...bySince].map(() => one).join(' UNION ALL '),
    [...bySince].flatMap(([since, own]) => [since, own.map(([user]) => Number(user)), new Date(since)]),
  )
  const counts = new Map(found.map((row) => [`${row.user_id} ${row.since}`, row.count]))
  return keys.map(([user, since]) => {
    const count = counts.get(`${user} ${since}`) ?? 0
    return { user_id: Number(user), since: String(since), count }
  })
}

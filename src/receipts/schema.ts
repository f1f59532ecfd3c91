import { sql } from 'drizzle-orm'
import {
  check,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText } from '../db/columns.ts'
import type { Transaction } from '../db/transact.ts'
import { lockOrder } from '../lock-order.ts'
import { derivedMapping, type Key, mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'

export const reviewStatuses = ['pending', 'approved', 'rejected', 'expired'] as const

/** Receipts that were sent for review. Amounts are integer fen. `image_key` names the photo's private objects. */
export const uploadReviewsTable = mysqlTable(
  'upload_reviews',
  {
    upload_id: asciiText({ length: 24 }).primaryKey(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    image_key: asciiText({ length: 64 }).notNull(),
    /** Of the photo as it is kept. */
    image_sha256: asciiText({ length: 64 }).notNull(),
    /** How often the user had sent this photo before: each time it had been rejected. */
    resend: smallint().notNull().default(0),
    image_phash: asciiText({ length: 64 }),
    input_amount_fen: int(),
    /** What the reader found on the photo, or null. `read_paid_at` is the restaurant's local time. */
    recognized_amount_fen: int(),
    read_paid_at: asciiText({ length: 19 }),
    read_merchant: varchar({ length: 100 }),
    read_number: varchar({ length: 64 }),
    /** What the reviewer read on it. */
    reviewed_amount_fen: int(),
    estimated_points: int().notNull(),
    flags: jsonText().notNull(),
    review_status: mysqlEnum(reviewStatuses).notNull(),
    points_awarded: int().notNull().default(0),
    review_reason: varchar({ length: 200 }),
    reviewer_id: int().references(() => usersTable.user_id),
    review_time: instant(),
    created_at: instant().notNull(),
  },
  (table) => [
    // `readHistory`, newest first without a sort; `readUploadStatistics`, `countActivities`; and `uploadCounts`, from
    // the index alone: asked while the user's row is locked. Carries the user's foreign key.
    index('upload_reviews_user').on(table.user_id, table.created_at),
    // `readReviews`, oldest first without a sort; `pendingNow`; `expireReviews`.
    index('upload_reviews_status').on(table.review_status, table.created_at),
    // `createNearCopies`: photos since the last look; `readMerchantStatistics`: uploads by day.
    index('upload_reviews_created_at').on(table.created_at),
    // `readMerchantStatistics`: decisions by day, from the index alone. Without it a look reads every upload.
    index('upload_reviews_review_time').on(
      table.review_time,
      table.review_status,
      table.points_awarded,
      table.created_at,
    ),
    // `readReviewHistory`, newest decision first without a sort, and with a status by the second one.
    index('upload_reviews_history').on(table.review_time, table.upload_id),
    index('upload_reviews_status_time').on(table.review_status, table.review_time),
    // `readMerchantStatistics`: the caller's decisions by day, from the index alone. Carries the reviewer's foreign
    // key.
    index('upload_reviews_reviewer').on(
      table.reviewer_id,
      table.review_time,
      table.review_status,
      table.points_awarded,
    ),
    // `findUploadsWithNumber`, asked for each photo that was read. Without it each upload reads all that came before.
    index('upload_reviews_number').on(table.read_number),
    // One upload of a photo for each user and send: `photoSends`. Its first column serves `findCopies`, which looks for
    // the photo among everyone's.
    unique('upload_reviews_image_send').on(table.image_sha256, table.user_id, table.resend),
    // One row an image. Serves `sweepImages`, which asks for 500 names at once.
    unique('upload_reviews_image_key').on(table.image_key),
    check('upload_reviews_points', sql`points_awarded >= 0 AND estimated_points >= 0`),
  ],
)

export type Upload = typeof uploadReviewsTable.$inferSelect

export const uploads = mapTable(uploadReviewsTable, {
  rank: lockOrder.uploads,
  key: ['upload_id'],
  lock: 'update',
  updates: [
    'recognized_amount_fen',
    'read_paid_at',
    'read_merchant',
    'read_number',
    'reviewed_amount_fen',
    'estimated_points',
    'flags',
    'review_status',
    'points_awarded',
    'review_reason',
    'reviewer_id',
    'review_time',
  ],
})

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
  async load(tx, keys) {
    const counts: UploadCount[] = []
    for (const [user, from] of keys) {
      const [user_id, since] = [Number(user), String(from)]
      counts.push({ user_id, since, count: await countUploads(tx, user_id, new Date(since)) })
    }
    return counts
  },
})

/** Counts a user's uploads since an instant. */
export async function countUploads(database: Pick<Transaction, 'query'>, userId: number, since: Date): Promise<number> {
  const [counted] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM upload_reviews WHERE user_id = ? AND created_at >= ?',
    [userId, since],
  )
  return counted?.count ?? 0
}

/** What was read on recent receipts, row by row. Purged when they are too old to be sent again. */
export const receiptTextsTable = mysqlTable(
  'receipt_texts',
  {
    upload_id: asciiText({ length: 24 }).primaryKey(),
    text: text().notNull(),
    created_at: instant().notNull(),
  },
  // `purge`.
  (table) => [index('receipt_texts_created_at').on(table.created_at)],
)

export const receiptTexts = mapTable(receiptTextsTable, {
  rank: lockOrder.receiptTexts,
  key: ['upload_id'],
  lock: 'none',
  updates: [],
})

/** The marks of those texts. The primary key serves `findByMarks`, newest first without a sort, by itself. */
export const receiptMarksTable = mysqlTable(
  'receipt_marks',
  {
    mark: asciiText({ length: 32 }).notNull(),
    created_at: instant().notNull(),
    upload_id: asciiText({ length: 24 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.mark, table.created_at, table.upload_id] }),
    // `purge`.
    index('receipt_marks_created_at').on(table.created_at),
  ],
)

export const receiptMarks = mapTable(receiptMarksTable, {
  rank: lockOrder.receiptMarks,
  key: ['mark', 'created_at', 'upload_id'],
  lock: 'none',
  updates: [],
})

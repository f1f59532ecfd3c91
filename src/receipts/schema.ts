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
import { asciiText, instant, jsonText, utcNow } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
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
    /** What spoke for the amount, and where it stands, as JSON; null while the photo is not read. */
    read_evidence: jsonText(),
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
    // `readReviews`, oldest first without a sort; `countPending`; `expireReviews`.
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
    // `readOwnStatistics`: the caller's decisions by day, from the index alone. Carries the reviewer's foreign key.
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
    'read_evidence',
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

/**
 * Uploads whose photo is still to be read or compared. `turn` makes the queue fair (start-time fair queueing): of a
 * user's uploads each has a later turn than the one before, and a user who comes new begins with the turn that is next.
 */
export const readingQueueTable = mysqlTable(
  'reading_queue',
  {
    upload_id: asciiText({ length: 24 }).primaryKey(),
    user_id: int().notNull(),
    turn: int().notNull(),
    /** How often somebody began with it. */
    tries: smallint().notNull().default(0),
    /** Nobody else begins with it before, by the database's clock. */
    free_at: instant().notNull().default(utcNow),
  },
  (table) => [
    // `claimNext`, and the first turn that waits.
    index('reading_queue_turn').on(table.tries, table.turn, table.free_at),
    // `readingTurns`: the last turn of a user's that nobody has begun with.
    index('reading_queue_user').on(table.user_id, table.tries, table.turn),
  ],
)

export const readingQueue = mapTable(readingQueueTable, {
  rank: lockOrder.readingQueue,
  key: ['upload_id'],
  lock: 'none',
  updates: [],
})

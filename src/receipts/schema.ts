import { sql } from 'drizzle-orm'
import { check, index, int, mysqlEnum, mysqlTable, unique, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { tableShelf } from '../till/shelf.ts'
import { usersTable } from '../users/schema.ts'

/** Receipts sent for review. Amounts are integer fen; the image is a private object under `image_key`. */
export const uploadReviewsTable = mysqlTable(
  'upload_reviews',
  {
    upload_id: asciiText({ length: 24 }).primaryKey(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    image_key: asciiText({ length: 64 }).notNull(),
    image_sha256: asciiText({ length: 64 }).notNull(),
    image_phash: asciiText({ length: 64 }),
    input_amount_fen: int(),
    recognized_amount_fen: int(),
    estimated_points: int().notNull(),
    flags: jsonText().notNull(),
    review_status: mysqlEnum(['pending', 'approved', 'rejected', 'expired']).notNull(),
    points_awarded: int().notNull().default(0),
    review_reason: varchar({ length: 200 }),
    reviewer_id: int().references(() => usersTable.user_id),
    review_time: instant(),
    created_at: instant().notNull(),
  },
  (table) => [
    index('upload_reviews_user').on(table.user_id, table.created_at),
    index('upload_reviews_status').on(table.review_status, table.created_at),
    index('upload_reviews_review_time').on(table.review_time),
    unique('upload_reviews_user_image').on(table.user_id, table.image_sha256),
    check('upload_reviews_points', sql`points_awarded >= 0 AND estimated_points >= 0`),
  ],
)

export const uploads = tableShelf(uploadReviewsTable, {
  rank: lockOrder.uploads,
  key: ['upload_id'],
  lock: 'update',
  updates: ['review_status', 'points_awarded', 'review_reason', 'reviewer_id', 'review_time'],
})

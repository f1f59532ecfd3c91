import { and, count, desc, eq, inArray, isNull, like, ne, or, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { yuanOf } from '../contract/money.ts'
import { Refusal } from '../contract/refusals.ts'
import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { type Upload, uploadReviewsTable } from './schema.ts'
import type { historyQuery, UploadRecord } from './wire.ts'

const table = uploadReviewsTable
const mostNamed = 5
const mostCopies = 1_000

/** Makes a photo's link from its key. */
export type LinkTo = (imageKey: string) => string

/** A page of the user's uploads, newest first, and the number of all their uploads by status. */
export async function readHistory(
  database: Database,
  userId: number,
  query: z.output<typeof historyQuery>,
  linkTo: LinkTo,
) {
  const conditions: SQL[] = [eq(table.user_id, userId)]
  if (query.status) conditions.push(eq(table.review_status, query.status))
  const [page, { total_points_awarded: _, ...summary }] = await Promise.all([
    database.orm
      .select()
      .from(table)
      .where(and(...conditions))
      .orderBy(desc(table.created_at), desc(table.upload_id))
      .limit(query.limit)
      .offset((query.page - 1) * query.limit),
    readUploadStatistics(database, userId),
  ])
  const total = query.status ? summary[query.status] : summary.total
  return { records: page.map((row) => recordView(row, linkTo)), pagination: paginationOf(query, total), summary }
}

/**
 * One of the user's uploads.
 * @throws {Refusal} 5007 for a missing one, and for another's.
 */
export async function requireUpload({ orm }: Database, userId: number, uploadId: string, linkTo: LinkTo) {
  const where = and(eq(table.upload_id, uploadId), eq(table.user_id, userId))
  const [row] = await orm.select().from(table).where(where)
  if (!row) throw new Refusal(5007)
  return recordView(row, linkTo)
}

/** The number of the user's uploads by status, and the points they brought. */
export async function readUploadStatistics({ orm }: Database, userId: number) {
  const found = await orm
    .select({ status: table.review_status, rows: count(), points: sql<string>`SUM(${table.points_awarded})` })
    .from(table)
    .where(eq(table.user_id, userId))
    .groupBy(table.review_status)
  const rowsOf = (status: Upload['review_status']) => found.find((row) => row.status === status)?.rows ?? 0
  return {
    total: found.reduce((sum, { rows }) => sum + rows, 0),
    pending: rowsOf('pending'),
    approved: rowsOf('approved'),
    rejected: rowsOf('rejected'),
    expired: rowsOf('expired'),
    total_points_awarded: found.reduce((sum, { points }) => sum + Number(points), 0),
  }
}

/**
 * The other uploads of the very same photo, the sender's own rejected ones too, by each upload's id. They are looked up
 * whenever an upload is shown: a second one may come after the first was filed.
 */
export async function findCopies({ orm }: Database, uploads: readonly Upload[]): Promise<Map<string, string[]>> {
  if (uploads.length === 0) return new Map()
  const { upload_id, image_sha256 } = table
  const found = await orm
    .select({ upload_id, image_sha256 })
    .from(table)
    .where(inArray(image_sha256, [...new Set(uploads.map((upload) => upload.image_sha256))]))
    .limit(mostCopies)
  const namesOf = Map.groupBy(found, (copy) => copy.image_sha256)
  return new Map(
    uploads.map((upload) => {
      const copies = (namesOf.get(upload.image_sha256) ?? []).map((copy) => copy.upload_id)
      return [upload.upload_id, copies.filter((id) => id !== upload.upload_id).slice(0, mostNamed)]
    }),
  )
}

/** Other uploads with the same receipt number, except those whose receipt is of another day. */
export async function findUploadsWithNumber(
  { orm }: Database,
  reading: ReceiptReading,
  ownId: string,
): Promise<string[]> {
  const { receiptNumber, paidAt } = reading
  if (receiptNumber === null) return []
  const sameDay = paidAt === null ? undefined : like(table.read_paid_at, `${paidAt.slice(0, 10)}%`)
  const found = await orm
    .select({ upload_id: table.upload_id })
    .from(table)
    .where(
      and(
        eq(table.read_number, receiptNumber),
        ne(table.upload_id, ownId),
        sameDay && or(isNull(table.read_paid_at), sameDay),
      ),
    )
    .orderBy(desc(table.created_at))
    .limit(mostNamed)
  return found.map(({ upload_id }) => upload_id)
}

function recordView(row: Upload, linkTo: LinkTo): UploadRecord {
  return {
    upload_id: row.upload_id,
    image_url: linkTo(row.image_key),
    input_amount: row.input_amount_fen === null ? null : yuanOf(row.input_amount_fen),
    recognized_amount: row.recognized_amount_fen === null ? null : yuanOf(row.recognized_amount_fen),
    estimated_points: row.estimated_points,
    review_status: row.review_status,
    message: messages[row.review_status],
    points_awarded: row.points_awarded,
    review_reason: row.review_reason,
    review_time: row.review_time?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

/** What a diner reads beside an upload. */
export const messages: Record<Upload['review_status'], string> = {
  pending: '上传成功，等待商家审核',
  approved: '审核通过',
  rejected: '审核未通过',
  expired: '超过期限未审核',
}

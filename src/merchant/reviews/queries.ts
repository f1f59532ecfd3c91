import { and, asc, desc, eq, gte, isNotNull, lt, type SQL } from 'drizzle-orm'
import type { z } from 'zod'
import { readPending } from '../../approvals/queries.ts'
import { yuanOf } from '../../contract/money.ts'
import { Refusal } from '../../contract/refusals.ts'
import { paginationOf } from '../../contract/wire.ts'
import type { Database } from '../../db/client.ts'
import { pageOf } from '../../db/page.ts'
import type { Calendar } from '../../lib/calendar.ts'
import { imageName, previewName } from '../../receipts/photo/image-names.ts'
import { findCopies } from '../../receipts/queries.ts'
import type { ReadEvidence } from '../../receipts/reading/kept-reading.ts'
import { type Upload, uploadReviewsTable } from '../../receipts/schema.ts'
import { subjectOf } from '../../receipts/subject.ts'
import type { Flag } from '../../receipts/wire.ts'
import type { ImageLinks } from '../../storage/image-links.ts'
import { type Person, readPeople } from '../../users/queries.ts'
import { personView } from '../../users/user-info.ts'
import type { historyQuery, pendingQuery, ReviewItem } from './wire.ts'

const table = uploadReviewsTable

/** What is needed to show rows to a merchant: the time, and links to images, absolute for this request. */
export interface ViewParts {
  imageLinks: ImageLinks
  absolute: (link: string) => string
  now: Date
}

/** A page of uploads of one status, oldest first. */
export async function readReviews(database: Database, query: z.output<typeof pendingQuery>, parts: ViewParts) {
  const where = eq(table.review_status, query.status)
  const order = [asc(table.created_at), asc(table.upload_id)]
  const { rows, total } = await pageOf(database, table, { ...query, where, order })
  const details = await readPageDetails(database, rows, parts.now)
  return { reviews: rows.map((upload) => reviewItem(upload, details, parts)), pagination: paginationOf(query, total) }
}

/** A page of reviewed uploads, newest review first. */
export async function readReviewHistory(
  database: Database,
  calendar: Calendar,
  query: z.output<typeof historyQuery>,
  parts: ViewParts,
) {
  const conditions: SQL[] = [isNotNull(table.review_time)]
  if (query.status) conditions.push(eq(table.review_status, query.status))
  if (query.from) conditions.push(gte(table.review_time, calendar.startOf(query.from)))
  if (query.to) conditions.push(lt(table.review_time, calendar.startOf(calendar.plusDays(query.to, 1))))
  const order = [desc(table.review_time), desc(table.upload_id)]
  const { rows, total } = await pageOf(database, table, { ...query, where: and(...conditions), order })
  const details = await readPageDetails(database, rows, parts.now)
  const reviews = rows.map((upload) => decidedItem(upload, details, parts))
  return { reviews, pagination: paginationOf(query, total) }
}

/**
 * One upload, decided or not.
 * @throws {Refusal} 6003 for an unknown one
 */
export async function readReview(database: Database, uploadId: string, parts: ViewParts) {
  const [upload] = await database.orm.select().from(table).where(eq(table.upload_id, uploadId))
  if (!upload) throw new Refusal(6003)
  return decidedItem(upload, await readPageDetails(database, [upload], parts.now), parts)
}

/**
 * The upload's owner, whose row the operation has to name.
 * @throws {Refusal} 6003 for an unknown upload.
 */
export async function requireUploader({ orm }: Database, uploadId: string): Promise<number> {
  const [upload] = await orm.select({ user_id: table.user_id }).from(table).where(eq(table.upload_id, uploadId))
  if (!upload) throw new Refusal(6003)
  return upload.user_id
}

/** Details for a page's uploads: who sent and reviewed them, and other uploads of the same photos. */
interface PageDetails {
  people: ReadonlyMap<number, Person>
  copies: ReadonlyMap<string, readonly string[]>
  /** The approvals that wait, by their subjects. */
  waiting: ReadonlyMap<string, string>
}

async function readPageDetails(database: Database, page: readonly Upload[], now: Date): Promise<PageDetails> {
  const [people, copies, waiting] = await Promise.all([
    readPeople(
      database,
      page.flatMap(({ user_id, reviewer_id }) => [user_id, reviewer_id]),
    ),
    findCopies(database, page),
    readPending(database, page.map(subjectOf), now),
  ])
  return { people, copies, waiting }
}

function reviewItem(
  upload: Upload,
  { people, copies, waiting }: PageDetails,
  { imageLinks, absolute }: ViewParts,
): ReviewItem {
  return {
    upload_id: upload.upload_id,
    image_url: absolute(imageLinks.linkTo(imageName(upload.image_key))),
    preview_url: absolute(imageLinks.linkTo(previewName(upload.image_key))),
    input_amount: upload.input_amount_fen === null ? null : yuanOf(upload.input_amount_fen),
    recognized_amount: upload.recognized_amount_fen === null ? null : yuanOf(upload.recognized_amount_fen),
    estimated_points: upload.estimated_points,
    flags: addCopies(JSON.parse(upload.flags) as Flag[], copies.get(upload.upload_id) ?? []),
    receipt: { paid_at: upload.read_paid_at, merchant_name: upload.read_merchant, number: upload.read_number },
    read: upload.read_evidence === null ? null : readView(JSON.parse(upload.read_evidence) as ReadEvidence),
    user: personView(people.get(upload.user_id) as Person, absolute),
    review_status: upload.review_status,
    approval_id: waiting.get(subjectOf(upload)) ?? null,
    created_at: upload.created_at.toISOString(),
  }
}

function decidedItem(upload: Upload, details: PageDetails, parts: ViewParts) {
  const reviewer = upload.reviewer_id === null ? undefined : details.people.get(upload.reviewer_id)
  return {
    ...reviewItem(upload, details, parts),
    reviewed_amount: upload.reviewed_amount_fen === null ? null : yuanOf(upload.reviewed_amount_fen),
    points_awarded: upload.points_awarded,
    review_reason: upload.review_reason,
    review_time: upload.review_time?.toISOString() ?? null,
    reviewer: reviewer ? { user_id: reviewer.user_id, nickname: reviewer.nickname } : null,
  }
}

const codeNote = '二维码内容任何人都能生成，仅供参考，不能单独作为凭证'

function readView({ amount_fen, kind, witnesses, confidence, boxes, invoice }: ReadEvidence): ReviewItem['read'] {
  return {
    amount: amount_fen === null ? null : yuanOf(amount_fen),
    ...{ kind, witnesses: [...witnesses], confidence, boxes: [...boxes] },
    invoice: invoice && {
      number: invoice.number,
      amount: yuanOf(invoice.amount_fen),
      date: invoice.day,
      note: codeNote,
    },
  }
}

/** Adds a flag for each copy of the photo. It says more than that the photo is similar, or the receipt the same. */
function addCopies(flags: readonly Flag[], copies: readonly string[]): Flag[] {
  const isSaid = ({ flag, upload_id }: Flag) =>
    (flag === 'similar_photo' || flag === 'same_receipt') && copies.includes(upload_id ?? '')
  const others = flags.filter((flag) => !isSaid(flag))
  return [...copies.map((upload_id) => ({ flag: 'same_photo' as const, upload_id })), ...others]
}

import { and, desc, inArray, ne } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type Compared, comparedOf, copyFlagOf } from './copy-flag.ts'
import { receiptTextsTable, type Upload, uploadReviewsTable } from './schema.ts'
import type { Flag } from './wire.ts'

/** How long texts and their marks are kept. Older receipts are flagged as old when they come again. */
export const textsKeptFor_days = 90

/** A mark on so many recent receipts is no one receipt's own. */
const mostWithMark = 100
const mostCompared = 200
const mostTexts = 40
const mostNamed = 5

/** Uploads that may be the same receipt: those whose photo looks alike, and those that share a mark. */
export interface Candidates {
  alike: readonly string[]
  marked: readonly string[]
}

/** The ids of recent uploads that share marks with a text, those that share most of them first. */
export async function findByMarks(database: Database, marks: Iterable<string>, since: Date): Promise<string[]> {
  const wanted = [...marks]
  if (wanted.length === 0) return []
  const one =
    '(SELECT mark, upload_id FROM receipt_marks WHERE mark = ? AND created_at >= ? ORDER BY created_at DESC LIMIT ?)'
  const found = await database.query<{ mark: string; upload_id: string }>(
    wanted.map(() => one).join(' UNION ALL '),
    wanted.flatMap((mark) => [mark, since, mostWithMark]),
  )
  const byMark = [...Map.groupBy(found, ({ mark }) => mark).values()]
  const telling = byMark.filter((rows) => rows.length < mostWithMark)
  const counted = Map.groupBy((telling.length > 0 ? telling : byMark).flat(), ({ upload_id }) => upload_id)
  return [...counted].sort(([, a], [, b]) => b.length - a.length).map(([upload_id]) => upload_id)
}

/** The flags of an upload that may be a copy of these, each with the other upload's id, the newest first. */
export async function searchCopies(
  database: Database,
  own: Compared & { uploadId: string; userId: number },
  { alike, marked }: Candidates,
): Promise<Flag[]> {
  const texts = await readTexts(database, [...marked, ...alike].slice(0, mostTexts))
  const ids = [...new Set([...marked.slice(0, mostTexts), ...alike])]
  const looks = new Set(alike)
  const flags = (await readOthers(database, ids, own.uploadId)).flatMap((other): Flag[] => {
    const text = texts.get(other.upload_id) ?? null
    const flag = copyFlagOf(own, comparedOf({ ...particularsOf(other), text }), looks.has(other.upload_id))
    // The sender's own that brought nothing may come again, but not with another amount.
    const isSecondTry = other.user_id === own.userId && ['rejected', 'expired'].includes(other.review_status)
    return flag === null || (isSecondTry && flag !== 'altered_copy') ? [] : [{ flag, upload_id: other.upload_id }]
  })
  const kinds = ['altered_copy', 'same_receipt', 'similar_photo'] as const
  return kinds.flatMap((kind) => flags.filter(({ flag }) => flag === kind).slice(0, mostNamed))
}

async function readTexts({ orm }: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { upload_id, text } = receiptTextsTable
  const rows = await orm
    .select({ upload_id, text })
    .from(receiptTextsTable)
    .where(inArray(upload_id, [...ids]))
  return new Map(rows.map((row) => [row.upload_id, row.text]))
}

function readOthers({ orm }: Database, ids: readonly string[], ownId: string) {
  const table = uploadReviewsTable
  if (ids.length === 0) return []
  const { upload_id, user_id, review_status, recognized_amount_fen, read_paid_at, read_merchant, read_number } = table
  return orm
    .select({ upload_id, user_id, review_status, recognized_amount_fen, read_paid_at, read_merchant, read_number })
    .from(table)
    .where(and(inArray(upload_id, [...ids]), ne(upload_id, ownId)))
    .orderBy(desc(table.created_at))
    .limit(mostCompared)
}

function particularsOf(
  row: Pick<Upload, 'recognized_amount_fen' | 'read_paid_at' | 'read_merchant' | 'read_number'>,
): Omit<Compared, 'features'> {
  return {
    amount_fen: row.recognized_amount_fen,
    paidAt: row.read_paid_at,
    merchantName: row.read_merchant,
    receiptNumber: row.read_number,
  }
}

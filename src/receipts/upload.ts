import type { Push } from '../contract/messages.ts'
import { yuanOf } from '../contract/money.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { estimateOf } from './estimate.ts'
import { keepText } from './keep-text.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { claimedFor_s, readingTurns } from './reading-queue.ts'
import { readingQueue, uploads } from './schema.ts'
import { type PhotoSends, photoSends, uploadCounts } from './sends.ts'
import type { Flag } from './wire.ts'

export interface NewUpload {
  uploadId: string
  userId: number
  imageKey: string
  sha256: string
  perceptualHash: string
  input_fen: number | null
  /** What the reader found so far. */
  reading: ReceiptReading | null
  flags: readonly Flag[]
  /**
   * Whether the photo waits in the queue of the reader. `held`: this process is at it, and for a while nobody else
   * begins.
   */
  queued: 'no' | 'free' | 'held'
  /** The start of the business day, and how many uploads a user may make in it. */
  since: Date
  dailyLimit: number
}

/** What the answer is made from. It holds the key of the image and no link: links are signed anew for each answer. */
export interface UploadMade {
  upload_id: string
  image_key: string
  input_amount: string | null
  recognized_amount: string | null
  estimated_points: number
}

/** @throws {Refusal} 5005 for a photo whose last upload was not rejected, 5006 when the day's limit is reached. */
export function requireAllowed(
  { unrejectedUpload }: Pick<PhotoSends, 'unrejectedUpload'>,
  today: number,
  dailyLimit: number,
): void {
  if (unrejectedUpload !== null) throw new Refusal(5005, { upload_id: unrejectedUpload })
  if (today >= dailyLimit) throw new Refusal(5006, { limit: dailyLimit })
}

/**
 * Files a receipt for review. A user sends a photo again only after it was rejected, and no more a day than the limit.
 */
export const upload: Operation<NewUpload, UploadMade, Push> = {
  name: 'upload',
  laneKey: ({ userId }) => userId,
  needs: ({ userId, sha256, since, queued }) => [
    rows(users, userId),
    { mapping: photoSends, keys: [[userId, sha256]] },
    { mapping: uploadCounts, keys: [[userId, since.toISOString()]] },
    ...(queued === 'no' ? [] : [rows(readingTurns, userId)]),
  ],
  decide(unit, input) {
    const { uploadId, userId, imageKey, input_fen, reading, dailyLimit } = input
    if (!unit.find(users, [userId])) throw new Refusal(2003)
    const sent = unit.get(photoSends, [userId, input.sha256])
    const today = unit.get(uploadCounts, [userId, input.since.toISOString()])
    requireAllowed(sent, today.count, dailyLimit)
    unit.update(uploadCounts, today, { count: today.count + 1 })
    const recognized_fen = reading?.amount_fen ?? null
    const estimated_points = estimateOf({ input_amount_fen: input_fen, recognized_amount_fen: recognized_fen })
    unit.append(uploads, {
      upload_id: uploadId,
      user_id: userId,
      image_key: imageKey,
      image_sha256: input.sha256,
      resend: sent.sends,
      image_phash: input.perceptualHash,
      input_amount_fen: input_fen,
      recognized_amount_fen: recognized_fen,
      read_paid_at: reading?.paidAt ?? null,
      read_merchant: reading?.merchantName ?? null,
      read_number: reading?.receiptNumber ?? null,
      read_evidence: reading?.evidence ? JSON.stringify(reading.evidence) : null,
      reviewed_amount_fen: null,
      estimated_points,
      flags: JSON.stringify(input.flags),
      review_status: 'pending',
      points_awarded: 0,
      review_reason: null,
      reviewer_id: null,
      review_time: null,
      created_at: unit.now,
    })
    if (input.queued !== 'no') enqueue(unit, input)
    if (reading) keepText(unit, uploadId, reading.text)
    unit.update(photoSends, sent, { sends: sent.sends + 1, unrejectedUpload: uploadId })
    const input_amount = input_fen === null ? null : yuanOf(input_fen)
    unit.announce({
      to: 'merchants',
      type: 'merchant_notification',
      data: { event: 'new_review', upload_id: uploadId, input_amount, timestamp: unit.now.toISOString() },
    })
    return {
      upload_id: uploadId,
      image_key: imageKey,
      input_amount,
      recognized_amount: recognized_fen === null ? null : yuanOf(recognized_fen),
      estimated_points,
    }
  },
}

function enqueue(unit: UnitOfWork<Push>, { uploadId, userId, queued }: NewUpload): void {
  const turns = unit.get(readingTurns, [userId])
  const held = queued === 'held' ? { free_at: new Date(unit.now.getTime() + claimedFor_s * 1_000) } : {}
  unit.append(readingQueue, { upload_id: uploadId, user_id: userId, turn: turns.next, ...held })
  unit.update(readingTurns, turns, { next: turns.next + 1 })
}

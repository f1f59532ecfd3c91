import type { Database } from '../db/client.ts'
import { rememberedAnswer } from '../till/idempotency.ts'
import type { IdempotencyKey, TillAnswer } from '../till/operation.ts'
import { readPhotoSends, readUploadCounts } from './sends.ts'
import { type NewUpload, requireAllowed, type UploadMade } from './upload.ts'

/**
 * Finds out what `upload` would say, before a photo is read and stored. Nothing is locked here, so uploads may pass
 * together: the operation still judges each.
 * @returns the first answer when this is a replay, else undefined.
 * @throws {Refusal} 5005, 5006 and 9008, as the operation does.
 */
export async function precheck(
  database: Database,
  { userId, sha256, since, dailyLimit }: Pick<NewUpload, 'userId' | 'sha256' | 'since' | 'dailyLimit'>,
  idempotency: IdempotencyKey | undefined,
): Promise<TillAnswer<UploadMade> | undefined> {
  const [[sent], [today]] = await Promise.all([
    readPhotoSends(database, [[userId, sha256]]),
    readUploadCounts(database, [[userId, since.toISOString()]]),
  ])
  // The key is read last. One commit writes an upload and its answer, so an upload that was seen has its answer by now.
  const first = idempotency && (await rememberedAnswer(database, idempotency))
  if (first) return { answer: first.answer as UploadMade, replayed: true }
  requireAllowed(sent ?? { unrejectedUpload: null }, today?.count ?? 0, dailyLimit)
  return undefined
}

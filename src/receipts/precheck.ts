import type { Database } from '../db/client.ts'
import { rememberedAnswer } from '../till/idempotency.ts'
import type { Idempotency, TillAnswer } from '../till/operation.ts'
import { countUploads, readPhotoSends } from './schema.ts'
import { type NewUpload, requireAllowed, type UploadMade } from './upload.ts'

/**
 * Looks at what `upload` would say, before the photo is read and stored for it. Nothing is locked here: the operation
 * still decides, so that uploads which pass together are judged one by one.
 * @returns the first answer when this is a replay, else undefined: go on.
 * @throws {Refusal} 5005, 5006 and 9008, as the operation does.
 */
export async function precheck(
  database: Database,
  { userId, sha256, since, dailyLimit }: Pick<NewUpload, 'userId' | 'sha256' | 'since' | 'dailyLimit'>,
  idempotency: Idempotency | undefined,
): Promise<TillAnswer<UploadMade> | undefined> {
  const [[sent], today] = await Promise.all([
    readPhotoSends(database, [[userId, sha256]]),
    countUploads(database, userId, since),
  ])
  // The key comes last. One commit writes an upload and its answer: who has seen the upload finds the answer here.
  const first = idempotency && (await rememberedAnswer(database, idempotency))
  if (first) return { answer: first.answer as UploadMade, replayed: true }
  requireAllowed(sent ?? { standing: null }, today, dailyLimit)
  return undefined
}

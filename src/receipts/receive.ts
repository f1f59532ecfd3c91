import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { Calendar } from '../lib/calendar.ts'
import { randomCode, randomId } from '../lib/random.ts'
import { within } from '../lib/within.ts'
import type { Store } from '../storage/store.ts'
import type { IdempotencyKey, TillAnswer } from '../till/operation.ts'
import type { Till } from '../till/till.ts'
import { createFindFlags, type FindFlags } from './find-flags.ts'
import type { ReceiptRules } from './flags.ts'
import type { NearCopies } from './near-copies.ts'
import { objectKeys } from './photo/image-names.ts'
import type { Photo } from './photo/photo.ts'
import { precheck } from './precheck.ts'
import { keptReading, type ReceiptReading } from './reading/kept-reading.ts'
import type { Reader } from './reading/reader.ts'
import { storeFindings } from './store-findings.ts'
import { type NewUpload, type UploadMade, upload } from './upload.ts'

export interface ReceiveDeps {
  database: Database
  till: Till<Push>
  store: Store
  /** Null when receipts are not read. */
  reader: Pick<Reader, 'read'> | null
  nearCopies: NearCopies
  calendar: Calendar
  now: () => Date
  logger: Logger
  rules: ReceiptRules
  dailyUploadLimit: number
  /** How long an answer waits for the reader. */
  ocrWait_ms: number
}

/** Who sends a photo, and with what. */
interface Sender {
  userId: number
  input_fen: number | null
  idempotency: IdempotencyKey | undefined
}

const keyLength = 26

/**
 * The way in to this room: what becomes of a photo that a diner sends.
 *
 *     precheck        a replay and what the rules refuse end here, before anything is paid for
 *     keep, readOf    the photo is stored and read at the same time; the answer waits for the reader a moment only
 *     find-flags      what a reviewer should look at (flags, near-copies)
 *     upload          the operation that files it; what was stored goes when it refuses
 *     store-findings  the operation for a reading and for flags that come after the answer
 *
 * No row is without its objects, and no object is for long without its row: `sweep.ts` removes what a crash left.
 */
export function createReceive(deps: ReceiveDeps) {
  const { database, till, store, reader, calendar, now, logger } = deps
  const late = new Set<Promise<void>>()
  const limit = () => ({ since: calendar.startOf(calendar.dayOf(now())), dailyLimit: deps.dailyUploadLimit })

  const receive = async (sender: Sender, photo: Photo): Promise<TillAnswer<UploadMade>> => {
    const { userId, idempotency } = sender
    const first = await precheck(database, { userId, sha256: photo.sha256, ...limit() }, idempotency)
    return first ?? take(sender, photo)
  }

  const take = async ({ userId, input_fen, idempotency }: Sender, photo: Photo): Promise<TillAnswer<UploadMade>> => {
    const uploadId = randomId('UP')
    const imageKey = randomCode(keyLength)
    const reading = readOf(reader, photo.image)
    const waited = within(
      reading.then((early) => ({ early })),
      deps.ocrWait_ms,
      undefined,
    )
    await keep(store, imageKey, photo)
    const found = await waited
    const early = found?.early ?? null
    const findFlags = createFindFlags(deps, { uploadId, userId, input_fen, fingerprint: photo.fingerprint })
    const filing = {
      ...{ uploadId, userId, imageKey, input_fen },
      ...{ sha256: photo.sha256, perceptualHash: photo.fingerprint.hash, reading: early },
      flags: await findFlags.early(early),
      ...limit(),
    }
    const filed = await till.run(upload, filing, idempotency).catch(async (error: unknown) => {
      // What the rules refused is removed at once. Where the outcome isn't known, the sweep removes it or lets it be.
      if (error instanceof Refusal && error.code !== 9007 && error.code !== 9009) await discard(store, imageKey)
      throw error
    })
    if (filed.replayed) await discard(store, imageKey)
    else {
      const stored = storeLate(till, filing, { findFlags, early: found?.early, pending: reading })
        .catch((err) => logger.warn({ err }, 'findings lost'))
        .finally(() => late.delete(stored))
      late.add(stored)
    }
    return filed
  }
  /** Resolves when every late reading and late flag is stored. */
  const settled = async () => void (await Promise.all(late))
  return Object.assign(receive, { settled })
}

async function readOf(reader: ReceiveDeps['reader'], image: Uint8Array): Promise<ReceiptReading | null> {
  const reading = await reader?.read(image)
  return reading ? keptReading(reading) : null
}

async function keep(store: Store, imageKey: string, photo: Photo): Promise<void> {
  const keys = objectKeys(imageKey)
  try {
    await Promise.all([store.put(keys.image, photo.image), store.put(keys.preview, photo.preview)])
  } catch (error) {
    throw new Refusal(5000, null, { cause: error })
  }
}

/** Removes what was stored for a photo. What can't be removed now is left to the sweep. */
async function discard(store: Store, imageKey: string): Promise<void> {
  await store.delete(Object.values(objectKeys(imageKey))).catch(() => {})
}

/** What is needed to go on with an upload that is filed. `early` is undefined when the reader was not done by then. */
interface Pending {
  findFlags: FindFlags
  early: ReceiptReading | null | undefined
  pending: Promise<ReceiptReading | null>
}

/** Stores a late reading, and the flags that take longer to find than a sender waits. */
async function storeLate(
  till: Till<Push>,
  filed: Pick<NewUpload, 'uploadId' | 'userId' | 'flags'>,
  { findFlags, early, pending }: Pending,
): Promise<void> {
  const { uploadId, userId } = filed
  const late = early === undefined ? await pending : null
  const flags = await findFlags.all(early ?? late)
  if (!late && Bun.deepEquals(flags, filed.flags)) return
  await till.run(storeFindings, { uploadId, userId, reading: late, flags })
}

import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { Calendar } from '../lib/calendar.ts'
import { randomCode, randomId } from '../lib/random.ts'
import { within } from '../lib/within.ts'
import type { Store } from '../storage/store.ts'
import type { Idempotency, TillAnswer } from '../till/operation.ts'
import type { Till } from '../till/till.ts'
import { flagsOf } from './flags.ts'
import type { NearCopies } from './near-copies.ts'
import { objectKeys } from './photo/image-names.ts'
import type { Photo } from './photo/photo.ts'
import { uploadsWithNumber } from './queries.ts'
import { keptReading, type ReceiptReading } from './reading/kept-reading.ts'
import type { Reader } from './reading/reader.ts'
import { storeFindings } from './store-findings.ts'
import { type UploadMade, upload } from './upload.ts'
import type { Flag } from './wire.ts'

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
  dailyUploadLimit: number
  /** How long an answer waits for the reader. */
  ocrWait_ms: number
}

interface Arrival {
  userId: number
  uploadId: string
  photo: Photo
  input_fen: number | null
}

const keyLength = 26

/** Keeps a photo, has it read and files it for review; no row without its objects, no object for long without its row. */
export function createReceive(deps: ReceiveDeps) {
  const { till, store, reader, calendar, now, logger } = deps
  const late = new Set<Promise<void>>()

  const receive = async (
    sender: { userId: number; input_fen: number | null; idempotency: Idempotency | undefined },
    photo: Photo,
  ): Promise<TillAnswer<UploadMade>> => {
    const { userId, input_fen, idempotency } = sender
    const arrival = { userId, uploadId: randomId('UP'), photo, input_fen }
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
    const filing = {
      ...{ uploadId: arrival.uploadId, userId, imageKey, input_fen },
      ...{ sha256: photo.sha256, perceptualHash: photo.fingerprint.hash, reading: early },
      flags: await flagsFor(deps, arrival, early),
      since: calendar.startOf(calendar.dayOf(now())),
      dailyLimit: deps.dailyUploadLimit,
    }
    const filed = await till.run(upload, filing, idempotency).catch(async (error: unknown) => {
      // What the rules turned down is gone at once; where the outcome may be open the sweep decides.
      if (error instanceof Refusal && error.code !== 9007) await discard(store, imageKey)
      throw error
    })
    if (filed.replayed) await discard(store, imageKey)
    else {
      const stored = storeLate(deps, arrival, { flags: filing.flags, early: found?.early, pending: reading })
        .catch((err) => logger.warn({ err }, 'findings lost'))
        .finally(() => late.delete(stored))
      late.add(stored)
    }
    return filed
  }
  /** Resolves when everything that was found out after its answer is stored. */
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

/** What can't be removed now is left to the sweep. */
async function discard(store: Store, imageKey: string): Promise<void> {
  await store.delete(Object.values(objectKeys(imageKey))).catch(() => {})
}

async function flagsFor(deps: ReceiveDeps, arrival: Arrival, reading: ReceiptReading | null) {
  const { database, nearCopies, calendar, now } = deps
  const { photo, uploadId, input_fen } = arrival
  const [similarPhoto, repeatedNumber] = await Promise.all([
    nearCopies.find(photo.fingerprint, reading, uploadId),
    reading ? uploadsWithNumber(database, reading, uploadId) : [],
  ])
  const today = calendar.dayOf(now())
  return flagsOf({ input_fen, reading, today, similarPhoto, repeatedNumber }, calendar)
}

/** What had been found out when an upload was filed; `early` is undefined while the reader was still at it. */
interface Filed {
  flags: readonly Flag[]
  early: ReceiptReading | null | undefined
  pending: Promise<ReceiptReading | null>
}

/** Stores a late reading, and flags by uploads that were on their way at the same time: now either sees the other. */
async function storeLate(deps: ReceiveDeps, arrival: Arrival, filed: Filed): Promise<void> {
  const { userId, uploadId } = arrival
  const late = filed.early === undefined ? await filed.pending : null
  const flags = await flagsFor(deps, arrival, filed.early ?? late)
  if (!late && Bun.deepEquals(flags, filed.flags)) return
  await deps.till.run(storeFindings, { uploadId, userId, reading: late, flags })
}

import { eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { within } from '../lib/within.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import { conclude } from './conclude.ts'
import { createFindFlags, type FlagDeps } from './find-flags.ts'
import { fingerprintOf } from './photo/fingerprint.ts'
import { objectKeys } from './photo/image-names.ts'
import { keptReading, type ReadEvidence, type ReceiptReading } from './reading/kept-reading.ts'
import type { Reader } from './reading/reader.ts'
import { type Claim, claimNext, countQueue, dequeue, giveBack, leaveForLater, mostTries } from './reading-queue.ts'
import { receiptTextsTable, type Upload, uploadReviewsTable } from './schema.ts'
import type { Flag } from './wire.ts'

export interface BackgroundDeps extends FlagDeps {
  till: Till<Push>
  store: Store
  reader: Pick<Reader, 'read'>
  logger: Logger
}

/** Reads what was not read when it was sent, one photo after another, as long as the process runs. */
export interface BackgroundReading {
  start(): void
  /** Looks at once: an upload was left to the queue. */
  wake(): void
  /** How many uploads waited at the last look. */
  waiting(): number
  /** Begins with no other photo. Resolves when the one at hand is stored or given back. */
  stop(): Promise<void>
}

/** When nobody wakes it. Uploads that a killed replica left are found by then. */
const lookEvery_ms = 5_000

export function createBackgroundReading(deps: BackgroundDeps): BackgroundReading {
  const { database, logger } = deps
  let isStopping = false
  let waiting = 0
  let woken = Promise.withResolvers<void>()
  let running: Promise<void> | undefined

  const work = async () => {
    while (!isStopping) {
      try {
        waiting = await countQueue(database)
        const claim = waiting > 0 ? await claimNext(database) : undefined
        if (claim) await examine(deps, claim, () => isStopping)
        else await idle()
      } catch (err) {
        logger.warn({ err }, 'the queue of the reader waits')
        await idle()
      }
    }
  }
  const idle = async () => {
    await within(woken.promise, lookEvery_ms, undefined)
    woken = Promise.withResolvers()
  }
  return {
    start() {
      running ??= work()
    },
    wake: () => woken.resolve(),
    waiting: () => waiting,
    async stop() {
      isStopping = true
      woken.resolve()
      await running
    },
  }
}

/** Reads one upload and stores what is found. One that can't be read now is left for later; none is left for good. */
async function examine(deps: BackgroundDeps, claim: Claim, isStopping: () => boolean): Promise<void> {
  const { database, till, logger } = deps
  const photo = await photoOf(deps, claim)
  if (!photo) return dequeue(database, claim.upload_id)
  const { upload, preview, stored } = photo
  try {
    const reading = stored ?? (await readAgain(deps, photo, claim))
    if (!reading && isStopping()) return await giveBack(database, claim)
    if (!reading && claim.tries < mostTries) return await leaveForLater(database, claim)
    const { upload_id: uploadId, user_id: userId, input_amount_fen: input_fen } = upload
    const fingerprint = await fingerprintOf(preview)
    const findFlags = createFindFlags(deps, { uploadId, userId, input_fen, fingerprint })
    const flags = JSON.parse(upload.flags) as Flag[]
    await conclude(till, { uploadId, userId, flags, isReadingStored: stored !== null }, findFlags, reading)
    await dequeue(database, uploadId)
  } catch (err) {
    logger.warn({ err, upload_id: claim.upload_id }, 'a receipt is read later')
    await leaveForLater(database, claim)
  }
}

async function readAgain({ reader }: BackgroundDeps, { image, upload }: StoredPhoto, { user_id, tries }: Claim) {
  const reading = tries <= mostTries ? await reader.read(image, upload.input_amount_fen, user_id) : null
  return reading && keptReading(reading)
}

interface StoredPhoto {
  upload: Upload
  image: Uint8Array
  preview: Uint8Array
  /** What was read and stored before whoever began was gone. */
  stored: ReceiptReading | null
}

/** Undefined when the upload or its photo is gone. */
async function photoOf({ database, store }: BackgroundDeps, { upload_id }: Claim): Promise<StoredPhoto | undefined> {
  const { orm } = database
  const [row] = await orm
    .select({ upload: uploadReviewsTable, text: receiptTextsTable.text })
    .from(uploadReviewsTable)
    .leftJoin(receiptTextsTable, eq(receiptTextsTable.upload_id, uploadReviewsTable.upload_id))
    .where(eq(uploadReviewsTable.upload_id, upload_id))
  if (!row) return undefined
  const keys = objectKeys(row.upload.image_key)
  const [image, preview] = await Promise.all([store.get(keys.image), store.get(keys.preview)])
  return image && preview && { upload: row.upload, image, preview, stored: storedReading(row.upload, row.text) }
}

function storedReading(upload: Upload, text: string | null): ReceiptReading | null {
  if (text === null) return null
  return {
    amount_fen: upload.recognized_amount_fen,
    paidAt: upload.read_paid_at,
    merchantName: upload.read_merchant,
    receiptNumber: upload.read_number,
    text,
    ...(upload.read_evidence === null ? {} : { evidence: JSON.parse(upload.read_evidence) as ReadEvidence }),
  }
}

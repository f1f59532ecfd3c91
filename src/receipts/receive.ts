import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { newId, randomCode } from '../lib/random.ts'
import { release } from '../lib/release.ts'
import { within } from '../lib/within.ts'
import type { Store } from '../storage/store.ts'
import type { IdempotencyKey, TillAnswer } from '../till/operation.ts'
import type { Till } from '../till/till.ts'
import type { BackgroundReading } from './background-reading.ts'
import { conclude } from './conclude.ts'
import { createFindFlags, type FindFlags, type FlagDeps } from './find-flags.ts'
import { objectKeys } from './photo/image-names.ts'
import type { Photo } from './photo/photo.ts'
import { precheck } from './precheck.ts'
import { keptReading, type ReceiptReading } from './reading/kept-reading.ts'
import type { Reader } from './reading/reader.ts'
import { dequeue, leaveForLater } from './reading-queue.ts'
import { type NewUpload, type UploadMade, upload } from './upload.ts'

export interface ReceiveDeps extends FlagDeps {
  till: Till<Push>
  store: Store
  /** Null when receipts are not read. */
  reader: Pick<Reader, 'take'> | null
  /** Where photos wait that were not begun with while their sender waited. */
  queue: Pick<BackgroundReading, 'wake'> | null
  logger: Logger
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
 *     keep, reader    the photo is stored and read at the same time; the answer waits for the reader a moment only
 *     find-flags      what a reviewer should look at (flags, copies)
 *     upload          the operation that files it; what was stored goes when it refuses
 *     conclude        a reading and flags that come after the answer (store-findings)
 *     reading-queue   what was not begun with by then: a row, which background-reading reads later
 *
 * It takes the photo over: when that is stored and read, its memory is given back. No row is without its objects, and
 * no object is for long without its row: `sweep.ts` removes what a crash left.
 */
export function createReceive(deps: ReceiveDeps) {
  const { database, till, store, reader, queue, calendar, now, logger } = deps
  const late = new Set<Promise<void>>()
  const limit = () => ({ since: calendar.startOf(calendar.dayOf(now())), dailyLimit: deps.dailyUploadLimit })

  const receive = async (sender: Sender, photo: Photo): Promise<TillAnswer<UploadMade>> => {
    const { userId, idempotency } = sender
    const first = await precheck(database, { userId, sha256: photo.sha256, ...limit() }, idempotency)
    return first ?? take(sender, photo)
  }

  const take = async ({ userId, input_fen, idempotency }: Sender, photo: Photo): Promise<TillAnswer<UploadMade>> => {
    const uploadId = newId('UP')
    const imageKey = randomCode(keyLength)
    const turn = takeTurn(reader, photo.image, { userId, input_fen })
    const waited = within(
      turn.reading.then((early) => ({ early })),
      deps.ocrWait_ms,
      undefined,
    )
    const kept = keep(store, imageKey, photo)
    void Promise.allSettled([kept, turn.reading]).then(() => [photo.image, photo.preview].forEach(release))
    await kept
    const found = await waited
    const early = found?.early ?? null
    const isOurs = early !== null || (!found && !turn.withdraw())
    const findFlags = createFindFlags(deps, { uploadId, userId, input_fen, fingerprint: photo.fingerprint })
    const filing: NewUpload = {
      ...{ uploadId, userId, imageKey, input_fen },
      ...{ sha256: photo.sha256, perceptualHash: photo.fingerprint.hash, reading: early },
      flags: await findFlags.early(early),
      queued: reader === null ? 'no' : isOurs ? 'held' : 'free',
      ...limit(),
    }
    const filed = await till.run(upload, filing, idempotency).catch(async (error: unknown) => {
      // What the rules refused is removed at once. Where the outcome isn't known, the sweep removes it or lets it be.
      if (error instanceof Refusal && error.code !== 9007 && error.code !== 9009) await discard(store, imageKey)
      throw error
    })
    if (filed.replayed) await discard(store, imageKey)
    else if (filing.queued === 'free') queue?.wake()
    else track(goOn(filing, findFlags, turn.reading))
    return filed
  }

  /** Concludes what this process has begun with. What fails is in the queue, and somebody begins with it again. */
  const goOn = async (filing: NewUpload, findFlags: FindFlags, pending: Promise<ReceiptReading | null>) => {
    const { uploadId, queued } = filing
    const reading = await pending
    if (queued === 'held' && !reading) {
      await leaveForLater(database, { upload_id: uploadId, tries: 1 })
      return
    }
    await conclude(till, { ...filing, isReadingStored: filing.reading !== null }, findFlags, reading)
    if (queued === 'held') await dequeue(database, uploadId)
  }
  const track = (work: Promise<void>) => {
    const tracked = work.catch((err) => logger.warn({ err }, 'findings are late')).finally(() => late.delete(tracked))
    late.add(tracked)
  }
  /** Resolves when every late reading and late flag is stored. */
  const settled = async () => void (await Promise.all(late))
  return Object.assign(receive, { settled })
}

const noTurn = { reading: Promise.resolve(null), withdraw: () => true }

function takeTurn(reader: ReceiveDeps['reader'], image: Uint8Array, sender: Pick<Sender, 'userId' | 'input_fen'>) {
  const { reading, withdraw } = reader?.take(image, sender.userId, sender.input_fen) ?? noTurn
  return { reading: reading.then((found) => found && keptReading(found)), withdraw }
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

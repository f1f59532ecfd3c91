import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { createBackgroundReading } from './background-reading.ts'
import { createNearCopies } from './near-copies.ts'
import { createImageDesk } from './photo/image-desk.ts'
import { createReader, type Reader, type ReaderOptions } from './reading/reader.ts'
import { createReceive, type ReceiveDeps } from './receive.ts'

const readerTimeout_ms = 60_000
const readerQueue = 64
const readerIdle_ms = 600_000

/**
 * Builds what receipts need for the life of the process: the intake of images, the reader, and the flow of an upload.
 */
export function openReceipts(
  config: Config,
  parts: Pick<ReceiveDeps, 'database' | 'till' | 'store' | 'calendar' | 'now' | 'logger'> &
    Pick<ReaderOptions, 'onEnd'>,
) {
  const reader = config.OCR ? readerOf(config, parts) : null
  const rules = { isRead: config.OCR, merchantNames: config.MERCHANT_NAMES }
  const deps = { ...parts, nearCopies: createNearCopies(parts.database), rules }
  const queue = reader && createBackgroundReading({ ...deps, reader })
  const receive = createReceive({
    ...{ ...deps, reader, queue },
    dailyUploadLimit: config.DAILY_UPLOAD_LIMIT,
    ocrWait_ms: config.OCR_WAIT_MS,
  })
  return {
    imageDesk: createImageDesk(),
    receive,
    isAmountRequired: config.UPLOAD_AMOUNT === 'required',
    photosWaiting: () => (reader?.stats().queueLength ?? 0) + (queue?.waiting() ?? 0),
    /** Begins to read what waits from before. */
    start: () => queue?.start(),
    /** Waits until the photo at hand is read and stored. Photos that wait are read by another process, or later. */
    async close() {
      const stopped = queue?.stop()
      await reader?.close()
      await stopped
      await receive.settled()
    },
  }
}

function readerOf(config: Config, { logger, onEnd }: { logger: Logger } & Pick<ReaderOptions, 'onEnd'>): Reader {
  const scratchDir = resolve(config.DATA_DIR, 'reader')
  mkdirSync(scratchDir, { recursive: true, mode: 0o700 })
  return createReader({
    timeout_ms: readerTimeout_ms,
    maxWaiting: readerQueue,
    idle_ms: readerIdle_ms,
    scratchDir,
    ...(onEnd ? { onEnd } : {}),
    onFailure: (reason) => logger.warn({ reason }, 'a receipt was not read'),
  })
}

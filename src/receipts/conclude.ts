import type { Push } from '../contract/messages.ts'
import type { Till } from '../till/till.ts'
import type { FindFlags } from './find-flags.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { storeFindings } from './store-findings.ts'
import type { Flag } from './wire.ts'

/** A filed upload, and what is stored of it so far. */
export interface Filed {
  uploadId: string
  userId: number
  flags: readonly Flag[]
  isReadingStored: boolean
}

/**
 * Finds out and stores what is left to know of an upload. Its text is committed before others are searched: of two
 * uploads that are read together at least one finds the other. Done twice, it changes nothing more.
 */
export async function conclude(
  till: Till<Push>,
  { uploadId, userId, flags, isReadingStored }: Filed,
  findFlags: FindFlags,
  reading: ReceiptReading | null,
): Promise<void> {
  let stored = flags
  if (reading && !isReadingStored) {
    stored = await findFlags.early(reading)
    await till.run(storeFindings, { uploadId, userId, reading, flags: stored })
  }
  const all = await findFlags.all(reading)
  if (!Bun.deepEquals(all, stored)) await till.run(storeFindings, { uploadId, userId, reading: null, flags: all })
}

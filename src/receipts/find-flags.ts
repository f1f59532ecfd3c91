import type { Database } from '../db/client.ts'
import type { Calendar } from '../lib/calendar.ts'
import { flagsOf, type ReceiptRules } from './flags.ts'
import type { NearCopies } from './near-copies.ts'
import type { Fingerprint } from './photo/fingerprint.ts'
import { findUploadsWithNumber } from './queries.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import type { Flag } from './wire.ts'

/** Finds the flags of one upload by what was read on its photo so far. */
export type FindFlags = (reading: ReceiptReading | null) => Promise<readonly Flag[]>

/**
 * Finds an upload's flags before it is filed, and again after. The second time it compares the photo only with uploads
 * that came in between. When there were none and the reading is the same, it answers the same flags.
 */
export function createFindFlags(
  deps: { database: Database; nearCopies: NearCopies; calendar: Calendar; now: () => Date; rules: ReceiptRules },
  upload: { uploadId: string; input_fen: number | null; fingerprint: Fingerprint },
): FindFlags {
  const { database, nearCopies, calendar, now, rules } = deps
  const { uploadId, input_fen, fingerprint } = upload
  const search = nearCopies.searchFor(fingerprint, uploadId)
  let last: { reading: ReceiptReading | null; flags: readonly Flag[] } | undefined

  return async (reading) => {
    const cameOthers = await search.look()
    if (last && !cameOthers && last.reading === reading) return last.flags
    const [similarPhoto, repeatedNumber] = await Promise.all([
      search.named(reading),
      reading ? findUploadsWithNumber(database, reading, uploadId) : [],
    ])
    const today = calendar.dayOf(now())
    const flags = flagsOf({ input_fen, reading, today, similarPhoto, repeatedNumber }, rules, calendar)
    last = { reading, flags }
    return flags
  }
}

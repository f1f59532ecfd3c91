import type { Database } from '../db/client.ts'
import { type Calendar, day_ms } from '../lib/calendar.ts'
import { comparedOf } from './copy-flag.ts'
import { flagsOf, type ReceiptRules } from './flags.ts'
import type { NearCopies } from './near-copies.ts'
import type { Fingerprint } from './photo/fingerprint.ts'
import { findUploadsWithNumber } from './queries.ts'
import type { ReceiptReading } from './reading/kept-reading.ts'
import { findByMarks, searchCopies, textsKeptFor_days } from './search-copies.ts'
import type { Flag } from './wire.ts'

export interface FlagDeps {
  database: Database
  nearCopies: NearCopies
  calendar: Calendar
  now: () => Date
  rules: ReceiptRules
}

/** Finds the flags of one upload by what was read on its photo so far. */
export interface FindFlags {
  /** What can be told before the upload is filed, while its sender waits. Texts are not searched. */
  early(reading: ReceiptReading | null): Promise<readonly Flag[]>
  /** Everything. Of two uploads that are filed together, at least one sees the other. */
  all(reading: ReceiptReading | null): Promise<readonly Flag[]>
}

export function createFindFlags(
  { database, nearCopies, calendar, now, rules }: FlagDeps,
  upload: { uploadId: string; userId: number; input_fen: number | null; fingerprint: Fingerprint },
): FindFlags {
  const { uploadId, userId, input_fen, fingerprint } = upload
  const search = nearCopies.searchFor(fingerprint, uploadId)

  const find = async (reading: ReceiptReading | null, searchesTexts: boolean) => {
    const own = { ...comparedOf(reading ?? nothingRead), uploadId, userId }
    const since = new Date(now().getTime() - textsKeptFor_days * day_ms)
    const [alike, marked, repeatedNumber] = await Promise.all([
      search.look(),
      searchesTexts ? findByMarks(database, own.features?.marks ?? [], since) : [],
      reading ? findUploadsWithNumber(database, reading, uploadId) : [],
    ])
    const copies = await searchCopies(database, own, { alike, marked })
    const today = calendar.dayOf(now())
    return flagsOf({ input_fen, reading, today, copies, repeatedNumber }, rules, calendar)
  }
  return { early: (reading) => find(reading, false), all: (reading) => find(reading, true) }
}

const nothingRead = { amount_fen: null, paidAt: null, merchantName: null, receiptNumber: null, text: null }

import type { Database } from '../../db/client.ts'
import type { Calendar } from '../../lib/calendar.ts'
import { ledgerSources } from '../../points/schema.ts'
import {
  type CountedTable,
  countByDay,
  daysBack,
  daysOf,
  rangeOf,
  readReviewedByDay,
  reviewMinutes,
  statusCounts,
  sumOf,
} from './counts.ts'
import { type Moved, readMovedByDay, readOutstanding } from './ledger.ts'
import type { DayRange, PastDays } from './past-days.ts'
import type { FiguresAnswer, PartOfDay } from './wire.ts'

interface Question {
  period: FiguresAnswer['period']
  now: Date
}

/** Today against the same day of last week, and where points came from and went to. */
export async function readFigures(
  database: Database,
  calendar: Calendar,
  pastDays: PastDays,
  { period, now }: Question,
): Promise<FiguresAnswer> {
  const days = daysBack(calendar, calendar.dayOf(now), daysOf[period])
  const moved = await pastDays.figures('moved', days, now, (missing) => readMovedByDay(database, missing))
  const [outstanding, today, last_week] = await Promise.all([
    readOutstanding(database),
    readPart(database, partOf(calendar, now, 0)),
    readPart(database, partOf(calendar, now, 7)),
  ])
  return {
    ...{ period, range: rangeOf(days), today, last_week },
    points: { outstanding, ...movedIn(moved.flat()), by_source: bySource(moved.flat()), series: series() },
  }

  /** Backwards from what is outstanding now. */
  function series() {
    let left = outstanding
    return days
      .map(({ day }, index) => ({ day, ...movedIn(moved[index] ?? []) }))
      .toReversed()
      .map((one) => {
        const atEnd = { ...one, outstanding: left }
        left -= one.given - one.spent
        return atEnd
      })
      .toReversed()
  }
}

/** The part of a day, some days ago, that was over at the time of day that it is now. */
function partOf(calendar: Calendar, now: Date, daysAgo: number): DayRange {
  const today = calendar.dayOf(now)
  const day = calendar.plusDays(today, -daysAgo)
  const from = calendar.startOf(day)
  const gone_ms = now.getTime() - calendar.startOf(today).getTime()
  const end_ms = calendar.startOf(calendar.plusDays(day, 1)).getTime()
  return { day, from, to: new Date(Math.min(from.getTime() + gone_ms, end_ms)) }
}

async function readPart(database: Database, part: DayRange): Promise<PartOfDay> {
  const rowsOf = async (table: CountedTable) => (await countByDay(database, [part], table, '0'))[0]?.rows ?? 0
  const [reviewed = [], [moved = []], uploads, draws, exchanges, new_users] = await Promise.all([
    readReviewedByDay(database, [part]).then(([rows]) => rows),
    readMovedByDay(database, [part]),
    rowsOf('upload_reviews'),
    rowsOf('lottery_records'),
    rowsOf('exchange_records'),
    rowsOf('users'),
  ])
  const { approved, rejected } = statusCounts(reviewed)
  return {
    ...{ day: part.day, until: part.to.toISOString(), uploads, approved, rejected },
    points_awarded: sumOf(reviewed, ({ points }) => points),
    review_minutes: reviewMinutes(reviewed),
    ...{ draws, exchanges, new_users, ...movedIn(moved) },
  }
}

function movedIn(rows: readonly Moved[]) {
  return { given: sumOf(rows, ({ given }) => given), spent: sumOf(rows, ({ spent }) => spent) }
}

function bySource(rows: readonly Moved[]) {
  return ledgerSources
    .map((source) => ({ source, ...movedIn(rows.filter((row) => row.source === source)) }))
    .filter(({ given, spent }) => given !== 0 || spent !== 0)
}

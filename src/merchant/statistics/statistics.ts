import type { Database } from '../../db/client.ts'
import type { Calendar } from '../../lib/calendar.ts'
import {
  type CountedTable,
  countByDay,
  daysBack,
  daysOf,
  type ReviewedDay,
  rangeOf,
  readReviewedByDay,
  reviewMinutes,
  statusCounts,
  sumOf,
} from './counts.ts'
import type { PastDays } from './past-days.ts'
import type { OwnStatistics, Period, StatisticsAnswer } from './wire.ts'

interface Question {
  period: Period
  /** Who asks. */
  merchantId: number
  now: Date
}

/** What one of the staff reviewed in a period, and what waits. */
export async function readOwnStatistics(
  database: Database,
  calendar: Calendar,
  pastDays: PastDays,
  { period, merchantId, now }: Question,
): Promise<OwnStatistics> {
  const days = daysBack(calendar, calendar.dayOf(now), daysOf[period])
  const [pending, own] = await Promise.all([
    countPending(database),
    pastDays.figures(`by ${merchantId}`, days, now, (missing) => readReviewedByDay(database, missing, merchantId)),
  ])
  return { period, range: rangeOf(days), pending, personal: personalFigures(own.flat()) }
}

/** What merchants and diners did in a period, in total and by business day. Every figure is served by an index. */
export async function readMerchantStatistics(
  database: Database,
  calendar: Calendar,
  pastDays: PastDays,
  question: Question,
): Promise<StatisticsAnswer> {
  const { now } = question
  const days = daysBack(calendar, calendar.dayOf(now), daysOf[question.period])
  const counted = (table: CountedTable, points: Parameters<typeof countByDay>[3]) =>
    pastDays.figures(table, days, now, (missing) => countByDay(database, missing, table, points))
  const [own, reviewed, uploads, draws, exchanges, users] = await Promise.all([
    readOwnStatistics(database, calendar, pastDays, question),
    pastDays.figures('reviewed', days, now, (missing) => readReviewedByDay(database, missing)),
    counted('upload_reviews', '0'),
    counted('lottery_records', 'points_cost'),
    counted('exchange_records', 'total_points'),
    counted('users', '0'),
  ])
  const all = reviewed.flat()
  return {
    ...own,
    ...reviewFigures(all),
    points: {
      ...pointFigures(all),
      spent_on_draws: sumOf(draws, ({ points }) => points),
      spent_on_exchange: sumOf(exchanges, ({ points }) => points),
    },
    draws: sumOf(draws, ({ rows }) => rows),
    exchanges: sumOf(exchanges, ({ rows }) => rows),
    new_users: sumOf(users, ({ rows }) => rows),
    series: days.map(({ day }, index) => ({
      day,
      uploads: uploads[index]?.rows ?? 0,
      ...statusCounts(reviewed[index] ?? []),
      points_awarded: sumOf(reviewed[index] ?? [], ({ points }) => points),
      review_minutes: reviewMinutes(reviewed[index] ?? []),
      draws: draws[index]?.rows ?? 0,
      exchanges: exchanges[index]?.rows ?? 0,
      new_users: users[index]?.rows ?? 0,
    })),
  }
}

async function countPending(database: Database): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM upload_reviews WHERE review_status = 'pending'`
  const [row] = await database.query<{ count: number }>(sql)
  return row?.count ?? 0
}

function reviewFigures(days: readonly ReviewedDay[]) {
  const { approved, rejected, expired } = statusCounts(days)
  const decided = approved + rejected
  return {
    reviewed: {
      total: decided + expired,
      approved,
      rejected,
      expired,
      approval_rate: decided === 0 ? null : Math.round((approved / decided) * 10_000) / 10_000,
    },
    avg_review_minutes: reviewMinutes(days),
  }
}

function pointFigures(days: readonly ReviewedDay[]) {
  const awarded = sumOf(days, ({ points }) => points)
  const { approved } = statusCounts(days)
  return { awarded, average: approved === 0 ? 0 : Math.round((awarded / approved) * 100) / 100 }
}

function personalFigures(days: readonly ReviewedDay[]) {
  const { approved, rejected } = statusCounts(days)
  return { total: approved + rejected, approved, rejected, points_awarded: sumOf(days, ({ points }) => points) }
}

import type { Database } from '../../db/client.ts'
import type { Calendar } from '../../lib/calendar.ts'
import type { DayRange, PastDays } from './past-days.ts'
import type { OwnStatistics, Period, StatisticsAnswer } from './wire.ts'

const daysOf: Record<Period, number> = { today: 1, week: 7, month: 30 }

/** The rows of a table on one day, and the sum of their points. */
interface Counted {
  rows: number
  points: number
}

interface ReviewedDay extends Counted {
  status: 'approved' | 'rejected' | 'expired'
  seconds: number
}

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
      draws: draws[index]?.rows ?? 0,
      exchanges: exchanges[index]?.rows ?? 0,
      new_users: users[index]?.rows ?? 0,
    })),
  }
}

function rangeOf(days: readonly DayRange[]) {
  return { from: days[0]?.day ?? '', to: days.at(-1)?.day ?? '' }
}

function daysBack(calendar: Calendar, today: string, count: number): DayRange[] {
  return Array.from({ length: count }, (_, index) => {
    const day = calendar.plusDays(today, index + 1 - count)
    return { day, from: calendar.startOf(day), to: calendar.startOf(calendar.plusDays(day, 1)) }
  })
}

async function countPending(database: Database): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM upload_reviews WHERE review_status = 'pending'`
  const [row] = await database.query<{ count: number }>(sql)
  return row?.count ?? 0
}

/** Reads one index range for each day. SQL can't compute days in a time zone without the zone's tables. */
async function readReviewedByDay(
  database: Database,
  days: readonly DayRange[],
  reviewerId?: number,
): Promise<ReviewedDay[][]> {
  const own = reviewerId === undefined ? '' : 'reviewer_id = ? AND'
  const seconds = reviewerId === undefined ? 'SUM(TIMESTAMPDIFF(SECOND, created_at, review_time))' : '0'
  const one = `
    SELECT ? AS position, review_status AS status, COUNT(*) AS \`rows\`, SUM(points_awarded) AS points,
           ${seconds} AS seconds
      FROM upload_reviews WHERE ${own} review_time >= ? AND review_time < ? GROUP BY review_status`
  const params = days.flatMap(({ from, to }, index) => [
    index,
    ...(reviewerId === undefined ? [] : [reviewerId]),
    from,
    to,
  ])
  const found = await database.query<{
    position: number
    status: ReviewedDay['status']
    rows: number
    points: string
    seconds: string
  }>(days.map(() => one).join(' UNION ALL '), params)
  return days.map((_, index) =>
    found
      .filter(({ position }) => Number(position) === index)
      .map(({ status, rows, points, seconds }) => ({
        status,
        rows,
        points: Number(points),
        seconds: Number(seconds),
      })),
  )
}

type CountedTable = 'upload_reviews' | 'lottery_records' | 'exchange_records' | 'users'

async function countByDay(
  database: Database,
  days: readonly DayRange[],
  table: CountedTable,
  points: 'points_cost' | 'total_points' | '0',
): Promise<Counted[]> {
  const one = `SELECT ? AS position, COUNT(*) AS \`rows\`, COALESCE(SUM(${points}), 0) AS points
    FROM ${table} WHERE created_at >= ? AND created_at < ?`
  const found = await database.query<{ position: number; rows: number; points: string }>(
    days.map(() => one).join(' UNION ALL '),
    days.flatMap(({ from, to }, index) => [index, from, to]),
  )
  const byPosition = new Map(found.map((row) => [Number(row.position), row]))
  return days.map((_, index) => ({
    rows: byPosition.get(index)?.rows ?? 0,
    points: Number(byPosition.get(index)?.points ?? 0),
  }))
}

function reviewFigures(days: readonly ReviewedDay[]) {
  const { approved, rejected, expired } = statusCounts(days)
  const decided = approved + rejected
  const seconds = sumOf(days, (day) => (day.status === 'expired' ? 0 : day.seconds))
  return {
    reviewed: {
      total: decided + expired,
      approved,
      rejected,
      expired,
      approval_rate: decided === 0 ? null : Math.round((approved / decided) * 10_000) / 10_000,
    },
    avg_review_minutes: decided === 0 ? null : Math.round(seconds / decided / 6) / 10,
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

function statusCounts(days: readonly ReviewedDay[]) {
  const rowsOf = (status: string) => sumOf(days, (day) => (day.status === status ? day.rows : 0))
  return { approved: rowsOf('approved'), rejected: rowsOf('rejected'), expired: rowsOf('expired') }
}

function sumOf<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0)
}

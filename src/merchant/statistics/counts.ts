import type { Database } from '../../db/client.ts'
import type { Calendar } from '../../lib/calendar.ts'
import type { DayRange } from './past-days.ts'
import type { Period } from './wire.ts'

export const daysOf: Record<Period, number> = { today: 1, week: 7, month: 30 }

/** The rows of a table on one day, and the sum of their points. */
interface Counted {
  rows: number
  points: number
}

export interface ReviewedDay extends Counted {
  status: 'approved' | 'rejected' | 'expired'
  seconds: number
}

export function rangeOf(days: readonly DayRange[]) {
  return { from: days[0]?.day ?? '', to: days.at(-1)?.day ?? '' }
}

export function daysBack(calendar: Calendar, today: string, count: number): DayRange[] {
  return Array.from({ length: count }, (_, index) => {
    const day = calendar.plusDays(today, index + 1 - count)
    return { day, from: calendar.startOf(day), to: calendar.startOf(calendar.plusDays(day, 1)) }
  })
}

/** Reads one index range for each day. SQL can't compute days in a time zone without the zone's tables. */
export async function readReviewedByDay(
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

export type CountedTable = 'upload_reviews' | 'lottery_records' | 'exchange_records' | 'users'

export async function countByDay(
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

export function statusCounts(days: readonly ReviewedDay[]) {
  const rowsOf = (status: string) => sumOf(days, (day) => (day.status === status ? day.rows : 0))
  return { approved: rowsOf('approved'), rejected: rowsOf('rejected'), expired: rowsOf('expired') }
}

export function sumOf<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0)
}

/** The average time from an upload to a person's verdict, in minutes to one decimal; null when nobody gave one. */
export function reviewMinutes(days: readonly ReviewedDay[]): number | null {
  const { approved, rejected } = statusCounts(days)
  const decided = approved + rejected
  const seconds = sumOf(days, (day) => (day.status === 'expired' ? 0 : day.seconds))
  return decided === 0 ? null : Math.round(seconds / decided / 6) / 10
}

import { points } from '../../shared/time.ts'
import { Chart } from './chart.tsx'
import type { Line, Plotted } from './plotted.ts'
import type { Figures, Statistics } from './state.ts'
import { texts } from './texts.ts'

const words = texts.charts

/** Everything by day. */
export function Charts({ figures, statistics }: { figures: Figures; statistics: Statistics }) {
  const { series: moved, outstanding, given, spent } = figures.points
  const { series, avg_review_minutes } = statistics
  const sumOf = (values: readonly number[]) => words.total(points(values.reduce((sum, value) => sum + value, 0)))
  const count = (name: string, color: Line['color'], values: readonly number[]): Line => ({
    ...{ name, color, values, sum: sumOf(values) },
  })
  const whole = (days: readonly { day: string }[], lines: readonly Line[]): Plotted => ({
    ...{ days: days.map(({ day }) => day), lines, write: points, isWhole: true },
  })
  const left: Line = {
    ...{ name: words.left, color: 'calm', values: moved.map((one) => one.outstanding) },
    sum: words.latest(points(outstanding)),
  }
  const minutes: Line = {
    ...{ name: words.minutes, color: 'calm', values: series.map((one) => one.review_minutes) },
    sum: words.average(texts.minutes(avg_review_minutes)),
  }
  const of = (name: 'draws' | 'exchanges' | 'new_users' | 'uploads' | 'approved' | 'rejected') =>
    series.map((one) => one[name])
  return (
    <>
      <Chart
        title={words.moved}
        plotted={whole(moved, [
          {
            ...count(
              words.given,
              'good',
              moved.map((one) => one.given),
            ),
            sum: words.total(points(given)),
          },
          {
            ...count(
              words.spent,
              'accent',
              moved.map((one) => one.spent),
            ),
            sum: words.total(points(spent)),
          },
        ])}
      />
      <Chart title={words.outstanding} plotted={whole(moved, [left])} />
      <Chart
        title={words.play}
        plotted={whole(series, [
          count(words.draws, 'accent', of('draws')),
          count(words.exchanges, 'good', of('exchanges')),
          count(words.newUsers, 'calm', of('new_users')),
        ])}
      />
      <Chart
        title={words.receipts}
        plotted={whole(series, [
          count(words.uploads, 'calm', of('uploads')),
          count(words.approved, 'good', of('approved')),
          count(words.rejected, 'accent', of('rejected')),
        ])}
      />
      <Chart
        title={words.review}
        plotted={{ ...whole(series, [minutes]), write: (value) => `${Math.round(value * 10) / 10}`, isWhole: false }}
      />
    </>
  )
}

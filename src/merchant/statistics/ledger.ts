import type { Database } from '../../db/client.ts'
import type { LedgerSource } from '../../points/schema.ts'
import type { DayRange } from './past-days.ts'

/** What the ledger says of one source: points that came to diners, and that they spent. */
export interface Moved {
  source: LedgerSource
  given: number
  spent: number
}

/** A row of the ledger stands at most so many numbers before or after one of the same time. */
const slack = 20_000
const usersAtOnce = 50_000
const timeout_ms = 30_000

/** The numbers of two rows between which the ledger comes to an instant. Rows are numbered nearly in order of time. */
async function rowsAt(database: Database, at: Date): Promise<{ before: number; after: number }> {
  const [ends] = await database.query<{ last: number | null }>('SELECT MAX(record_id) AS last FROM points_records')
  let [before, after] = [0, Number(ends?.last ?? 0)]
  while (after - before > slack) {
    const middle = Math.floor((before + after) / 2)
    const [row] = await database.query<{ created_at: Date }>(
      'SELECT created_at FROM points_records WHERE record_id >= ? ORDER BY record_id LIMIT 1',
      [middle],
    )
    if (row && row.created_at < at) before = middle
    else after = middle
  }
  return { before, after }
}

/**
 * Points given and spent on each day, by source. The ledger has no index by time, which every write would pay for: its
 * rows of these days are found by their numbers.
 */
export async function readMovedByDay(database: Database, days: readonly DayRange[]): Promise<Moved[][]> {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return []
  const instants = new Set([...days.map(({ from }) => from), ...days.slice(0, -1).map(({ to }) => to)].map(Number))
  const bounds = [...instants].sort((a, b) => a - b)
  const [begin, end] = [await rowsAt(database, first.from), await rowsAt(database, last.to)]
  const found = await database.query<{ place: number; source: LedgerSource; type: string; points: string }>(
    `SELECT INTERVAL(FLOOR(UNIX_TIMESTAMP(created_at)), ?) AS place, source, type, SUM(points) AS points
       FROM points_records FORCE INDEX (PRIMARY)
      WHERE record_id BETWEEN ? AND ? AND created_at >= ? AND created_at < ?
      GROUP BY place, source, type`,
    [bounds.map((at) => at / 1_000), begin.before - slack, end.after + slack, first.from, last.to],
    timeout_ms,
  )
  return days.map(({ from }) => {
    const rows = found.filter(({ place }) => bounds[Number(place) - 1] === from.getTime())
    return [...Map.groupBy(rows, ({ source }) => source)].map(([source, own]) => ({ source, ...sumsOf(source, own) }))
  })
}

/** What a cancelled order gives back was not spent. */
function sumsOf(source: LedgerSource, rows: readonly { type: string; points: string }[]) {
  const of = (type: string) => Math.abs(Number(rows.find((row) => row.type === type)?.points ?? 0))
  return source === 'exchange_cancel'
    ? { given: 0, spent: of('spend') - of('earn') }
    : { given: of('earn'), spent: of('spend') }
}

/** What all accounts hold together. */
export async function readOutstanding(database: Database): Promise<number> {
  const [ends] = await database.query<{ last: number | null }>('SELECT MAX(user_id) AS last FROM users')
  let sum = 0
  for (let from = 1; from <= Number(ends?.last ?? 0); from += usersAtOnce) {
    const [part] = await database.query<{ points: string | null }>(
      'SELECT SUM(total_points) AS points FROM users FORCE INDEX (PRIMARY) WHERE user_id BETWEEN ? AND ?',
      [from, from + usersAtOnce - 1],
      timeout_ms,
    )
    sum += Number(part?.points ?? 0)
  }
  return sum
}

import { asc, lt } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { oddsPValue, type Tally } from '../../fairness/odds-test.ts'
import { oddsOutliersTable } from '../../fairness/schema.ts'
import { readVersions, type WheelVersion } from '../../lottery/versions.ts'
import { isEmpty, oddsSum } from '../../lottery/wheel.ts'
import type { PrizeSums } from './past-wheels.ts'

/** A diner whose draws deviate from the odds more than the luckiest of all diners should. */
export type Outlier = Pick<typeof oddsOutliersTable.$inferSelect, 'user_id' | 'draws' | 'p_value'>

/** The prizes that are limited or ever were. */
export async function readLimited(
  database: Database,
  prizes: readonly { prize_id: number; stock_remaining: number | null }[],
): Promise<ReadonlySet<number>> {
  const ids = prizes.map(({ prize_id }) => prize_id)
  if (ids.length === 0) return new Set()
  const moved = await database.query<{ prize_id: number }>(
    'SELECT prize_id FROM prize_movements WHERE prize_id IN (?) GROUP BY prize_id',
    [ids],
  )
  const limited = prizes.filter(({ stock_remaining }) => stock_remaining !== null)
  return new Set([...limited, ...moved].map(({ prize_id }) => prize_id))
}

/**
 * How likely the draws of a version are under its odds; null while nobody can say. Guaranteed prizes are left out. The
 * empty prize stands in for those that ran out, so that limited prizes are counted together with it.
 */
export function versionPValue(
  { prizes }: Pick<WheelVersion, 'prizes'>,
  sums: readonly PrizeSums[],
  limited: ReadonlySet<number>,
): number | null {
  const rolled = sums.filter(({ is_pity }) => !is_pity)
  const total = rolled.reduce((sum, { draws }) => sum + draws, 0)
  const standIn = prizes.find(isEmpty)?.prize_id
  const tallies = new Map<number | undefined, Tally>()
  for (const { prize_id, probability } of prizes) {
    const key = limited.has(prize_id) ? standIn : prize_id
    const { seen, expected } = tallies.get(key) ?? { seen: 0, expected: 0 }
    const draws = rolled.filter((one) => one.prize_id === prize_id).reduce((sum, one) => sum + one.draws, 0)
    tallies.set(key, { seen: seen + draws, expected: expected + (total * probability) / oddsSum })
  }
  return oddsPValue([...tallies.values()]) ?? null
}

const usersAtOnce = 500
const rangeTimeout_ms = 60_000
const mostOutliers = 20
/** A diner stands out who is rarer than one in so many sets of all diners. */
const rareness = 0.01

/** Where each roll of a version lands, whatever was left of the prize there. */
const landings = `
  SELECT version, prize_id, (SUM(probability) OVER by_angle - probability) * ${oddsSum} AS first_roll,
         SUM(probability) OVER by_angle * ${oddsSum} AS next_roll
    FROM wheel_version_prizes WINDOW by_angle AS (PARTITION BY version ORDER BY angle)`

interface Landed {
  user_id: number
  version: number
  prize_id: number
  seen: number
}

/**
 * The diners whose rolls don't look like the odds of the wheels that they turned, the most unlikely first. Each value is
 * multiplied by the number of diners that were tested, because the luckiest of many is no wonder.
 * @throws `stop`'s reason once it is aborted
 */
export async function findOutliers(database: Database, stop?: AbortSignal): Promise<Outlier[]> {
  const [ends] = await database.query<{ last: number }>('SELECT COALESCE(MAX(user_id), 0) AS last FROM users')
  const versions = new Map<number, WheelVersion>()
  const tested: Outlier[] = []
  let count = 0
  for (let from = 1; from <= Number(ends?.last ?? 0); from += usersAtOnce) {
    stop?.throwIfAborted()
    const landed = await database.query<Landed>(
      `SELECT r.user_id, r.wheel_version AS version, l.prize_id, COUNT(*) AS seen
         FROM lottery_records r FORCE INDEX (lottery_records_user)
         JOIN (${landings}) l ON l.version = r.wheel_version AND r.roll >= l.first_roll AND r.roll < l.next_roll
        WHERE r.user_id BETWEEN ? AND ? AND r.is_pity = 0 GROUP BY r.user_id, r.wheel_version, l.prize_id`,
      [from, from + usersAtOnce - 1],
      rangeTimeout_ms,
    )
    const unknown = [...new Set(landed.map(({ version }) => version))].filter((version) => !versions.has(version))
    for (const version of await readVersions(database, unknown)) versions.set(version.version, version)
    for (const [user_id, own] of Map.groupBy(landed, (row) => row.user_id)) {
      const tallies = talliesOf(own, versions)
      const p_value = oddsPValue(tallies)
      if (p_value === undefined) continue
      count += 1
      if (p_value < rareness) tested.push({ user_id, draws: tallies.reduce((sum, { seen }) => sum + seen, 0), p_value })
    }
  }
  return tested
    .map((one) => ({ ...one, p_value: one.p_value * count }))
    .filter(({ p_value }) => p_value < rareness)
    .sort((a, b) => a.p_value - b.p_value)
    .slice(0, mostOutliers)
}

/** A diner's rolls by prize, in all versions together. */
function talliesOf(landed: readonly Landed[], versions: ReadonlyMap<number, WheelVersion>): Tally[] {
  const tallies = new Map<number, Tally>()
  const add = (prizeId: number, seen: number, expected: number) => {
    const tally = tallies.get(prizeId) ?? { seen: 0, expected: 0 }
    tallies.set(prizeId, { seen: tally.seen + seen, expected: tally.expected + expected })
  }
  for (const [version, rows] of Map.groupBy(landed, (row) => row.version)) {
    const rolled = rows.reduce((sum, { seen }) => sum + Number(seen), 0)
    for (const { prize_id, seen } of rows) add(prize_id, Number(seen), 0)
    for (const { prize_id, probability } of versions.get(version)?.prizes ?? [])
      add(prize_id, 0, (rolled * probability) / oddsSum)
  }
  return [...tallies.values()]
}

/** Keeps who stands out, in place of who did before. */
export async function keepOutliers({ orm }: Database, outliers: readonly Outlier[], at: Date): Promise<void> {
  const table = oddsOutliersTable
  for (const { user_id, draws, p_value } of outliers) {
    const found = { draws, p_value, found_at: at }
    await orm
      .insert(table)
      .values({ user_id, ...found })
      .onDuplicateKeyUpdate({ set: found })
  }
  await orm.delete(table).where(lt(table.found_at, at))
}

/** Who stood out when it was last looked at. */
export async function readOutliers({ orm }: Database) {
  const table = oddsOutliersTable
  const isRare = lt(table.p_value, rareness)
  const rows = await orm.select().from(table).where(isRare).orderBy(asc(table.p_value)).limit(mostOutliers)
  return rows.map(({ found_at, ...row }) => ({ ...row, found_at: found_at.toISOString() }))
}

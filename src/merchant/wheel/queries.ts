import { and, count, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { Refusal } from '../../contract/refusals.ts'
import { type pageQuery, paginationOf } from '../../contract/wire.ts'
import type { Database } from '../../db/client.ts'
import { lotteryPrizesTable, lotteryRecordsTable } from '../../lottery/schema.ts'
import { readVersions, type WheelVersion } from '../../lottery/versions.ts'
import { oddsSum } from '../../lottery/wheel.ts'
import { readWheel, type ShownWheel } from '../../lottery/wheel-mapping.ts'
import { readLimited, readOutliers, versionPValue } from './odds.ts'
import type { PastWheels, PrizeSums } from './past-wheels.ts'
import { stateOf } from './views.ts'
import type { LotteryStats, VersionFigures, WheelAnswer } from './wire.ts'

const table = lotteryRecordsTable

/**
 * Reads the wheel as it is committed now.
 * @throws {Refusal} 3001 when there is none yet.
 */
export async function requireWheel(database: Database): Promise<ShownWheel> {
  const wheel = await readWheel(database)
  if (!wheel) throw new Refusal(3001)
  return wheel
}

/** The wheel in force and the one that is announced, as editors see them. */
export async function readWheelState(database: Database): Promise<WheelAnswer> {
  const wheel = await requireWheel(database)
  return stateOf(wheel, wheel.next, wheel.closed_at)
}

type Known = Pick<WheelVersion['prizes'][number], 'prize_id' | 'prize_name' | 'prize_type'>

/** A version is cached this long after its end, when the draws of its last moments are there. */
const settled_ms = 60_000

/** Costs, awards and observed odds of the draws of every version, with the odds that were declared then. */
export async function readLotteryStats(
  database: Database,
  { pastWheels, now, page }: { pastWheels: PastWheels; now: Date; page: z.output<typeof pageQuery> },
): Promise<LotteryStats> {
  const { version: last } = await requireWheel(database)
  const present = (await readVersions(database, [last]))[0]
  const isSettled = present !== undefined && now.getTime() - present.effective_from.getTime() > settled_ms
  const known = await database.orm.select().from(lotteryPrizesTable)
  const figures = await pastWheels.figures({ last, settled: isSettled ? last - 1 : last - 2 }, (missing) =>
    readSums(
      database,
      known.map(({ prize_id }) => prize_id),
      missing,
    ),
  )
  const drawn = [...figures.keys()].filter((version) => version === last || figures.get(version)?.length).toReversed()
  const shown = drawn.slice((page.page - 1) * page.limit, page.page * page.limit)
  const rows = new Map((await readVersions(database, shown)).map((row) => [row.version, row]))
  const limited = await readLimited(database, known)
  const viewOf = (version: number) => {
    const row = rows.get(version)
    const sums = figures.get(version) ?? []
    const p_value = row ? versionPValue(row, sums, limited) : null
    return { ...versionFigures(version, row, known, sums), p_value }
  }
  const all = [...figures.values()].flat()
  return {
    ...sumsOf(all),
    version: last,
    prizes: versionFigures(last, present, known, figures.get(last) ?? []).prizes,
    versions: shown.map(viewOf),
    standing_out: await readOutliers(database),
    pagination: paginationOf(page, drawn.length),
  }
}

async function readSums({ orm }: Database, prizeIds: number[], versions: readonly number[]): Promise<PrizeSums[]> {
  if (prizeIds.length === 0 || versions.length === 0) return []
  const found = await orm
    .select({
      version: table.wheel_version,
      prize_id: table.prize_id,
      is_pity: table.is_pity,
      draws: count(),
      cost: sql<string>`SUM(${table.points_cost})`,
      won: sql<string>`SUM(${table.points_awarded})`,
    })
    .from(table)
    .where(and(inArray(table.prize_id, prizeIds), inArray(table.wheel_version, [...versions])))
    .groupBy(table.prize_id, table.wheel_version, table.is_pity)
  return found.map((row) => ({ ...row, cost: Number(row.cost), won: Number(row.won) }))
}

function versionFigures(
  version: number,
  row: WheelVersion | undefined,
  known: readonly Known[],
  sums: readonly PrizeSums[],
): Omit<VersionFigures, 'p_value'> {
  const declared = new Map(row?.prizes.map(({ prize_id, probability }) => [prize_id, probability / oddsSum]))
  const prizes = row?.prizes ?? known.filter(({ prize_id }) => sums.some((sum) => sum.prize_id === prize_id))
  const rolled = total(sums, ({ draws, is_pity }) => (is_pity ? 0 : draws))
  return {
    ...{ version, effective_from: row?.effective_from.toISOString() ?? null, changed_by: row?.made_role ?? null },
    ...sumsOf(sums),
    prizes: prizes.map(({ prize_id, prize_name, prize_type }) => {
      const own = sums.filter((sum) => sum.prize_id === prize_id)
      return {
        ...{ prize_id, prize_name, prize_type },
        draws: total(own, ({ draws }) => draws),
        cost: total(own, ({ cost }) => cost),
        points_awarded: total(own, ({ won }) => won),
        declared: declared.get(prize_id) ?? null,
        observed: rolled === 0 ? null : total(own, ({ draws, is_pity }) => (is_pity ? 0 : draws)) / rolled,
      }
    }),
  }
}

function sumsOf(sums: readonly PrizeSums[]) {
  return {
    total_draws: total(sums, ({ draws }) => draws),
    total_cost: total(sums, ({ cost }) => cost),
    total_points_awarded: total(sums, ({ won }) => won),
    pity_draws: total(sums, ({ draws, is_pity }) => (is_pity ? draws : 0)),
  }
}

function total(rows: readonly PrizeSums[], figure: (row: PrizeSums) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0)
}

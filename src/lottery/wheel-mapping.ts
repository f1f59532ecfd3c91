import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { StaleRead } from '../db/errors.ts'
import { lockOrder } from '../lock-order.ts'
import { decoderOf, derivedMapping } from '../till/table-mapping.ts'
import { type AnnouncedWheel, announcedIn, rulesIn, type VersionRules } from './announced-wheel.ts'
import type { Prize } from './prizes.ts'
import { lotteryPrizesTable, lotteryWheelTable, onlyWheel, wheelVersionsTable } from './schema.ts'
import type { Wheel } from './wheel.ts'

/** The wheel as a batch holds it. */
export interface HeldWheel {
  wheel_id: number
  wheel: Wheel
  /** As the version has written them down; null while nobody has: a program of an earlier version made it. */
  rules: VersionRules | null
  /** True when an announced change should be in force by now, and is not yet. */
  isDue: boolean
  /** The database's time. */
  at: Date
  /** True when the log does not agree with what was published of it: nobody draws until somebody has looked. */
  isHalted: boolean
  /** The epoch that is open; null while there was none. */
  epoch: HeldEpoch | null
}

/** A wheel that is ready to be turned: its rules are written down. */
export type ReadyWheel = Readonly<HeldWheel> & { rules: VersionRules }

/** The epoch as a batch holds it. */
export interface HeldEpoch {
  epoch: number
  business_day: string
  chain_id: string | null
  wheel_hash: string
  /** True when the next one should be open by now. */
  isDue: boolean
}

const decodePrize = decoderOf(lotteryPrizesTable)

/**
 * The wheel with its version's rules and the open epoch. It shares the locks of all of them. SYSDATE is the time after the
 * wait for them; NOW would be the time before it.
 */
const selectWheel = `SELECT wheel_id, w.version, w.pity_prize_id, closed_at IS NOT NULL AS is_closed,
       COALESCE(next_from <= SYSDATE(3), 0) AS is_due, ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS at_ms,
       halted_at IS NOT NULL AS is_halted,
       daily_limit, pity_limit, near_miss_width,
       epoch, business_day, chain_id, HEX(wheel_hash) AS wheel_hash, COALESCE(next_at <= SYSDATE(3), 0) AS is_epoch_due
   FROM lottery_wheel w LEFT JOIN wheel_versions v ON v.version = w.version
   LEFT JOIN fair_epoch ON epoch_id = wheel_id LEFT JOIN log_halts ON log_id = wheel_id
  WHERE wheel_id IN (?) LOCK IN SHARE MODE`

/** The prizes of the wheel that {@link selectWheel} has locked before: under READ COMMITTED each statement looks anew. */
const selectPrizes = `SELECT ${Object.keys(getTableColumns(lotteryPrizesTable)).join(', ')}
   FROM lottery_prizes WHERE status = 'active' ORDER BY angle`

/**
 * The wheel in force. Its row is locked in share mode: draws run in parallel, a change waits for those that have begun,
 * and none begins with a wheel that is closed or no longer in force. A draw changes only the stock of a limited prize,
 * whose row it locks; {@link requireSamePrize} checks that this row still matches the wheel.
 */
export const committedWheel = derivedMapping({
  name: 'the committed wheel',
  rank: lockOrder.committedWheel,
  updates: ['wheel', 'rules', 'isDue'],
  keyOf: ({ wheel_id }: HeldWheel) => [wheel_id],
  async load(tx, keys) {
    const [[head], prizes] = await Promise.all([
      tx.query<Record<string, unknown>>(selectWheel, [keys.flat()]),
      tx.query<Record<string, unknown>>(selectPrizes),
    ])
    if (!head) return []
    const wheel = {
      version: Number(head.version),
      pity_prize_id: Number(head.pity_prize_id),
      is_closed: Number(head.is_closed) !== 0,
      prizes: prizes.map(decodePrize),
    }
    return [
      {
        wheel_id: Number(head.wheel_id),
        wheel,
        rules: ruleColumnsIn(head),
        isDue: Number(head.is_due) !== 0,
        at: new Date(Number(head.at_ms)),
        isHalted: Number(head.is_halted) !== 0,
        epoch: epochIn(head),
      },
    ]
  },
})

function ruleColumnsIn({ daily_limit, pity_limit, near_miss_width }: Record<string, unknown>): VersionRules | null {
  if (daily_limit === null) return null
  const [daily, pity, width] = [daily_limit, pity_limit, near_miss_width].map(Number)
  return rulesIn({ daily_limit: daily ?? 0, pity_limit: pity ?? 0, near_miss_width: width ?? 0 })
}

function epochIn(row: Record<string, unknown>): HeldEpoch | null {
  if (row.epoch === null) return null
  return {
    epoch: Number(row.epoch),
    business_day: String(row.business_day),
    chain_id: row.chain_id as string | null,
    wheel_hash: String(row.wheel_hash).toLowerCase(),
    isDue: Number(row.is_epoch_due) !== 0,
  }
}

/**
 * Asserts that the locked row of a prize matches the wheel, except for its stock.
 * @throws {StaleRead} when the wheel was replaced since it was read: the batch runs again.
 */
export function requireSamePrize(prize: Readonly<Prize>, locked: Readonly<Prize>): void {
  const { stock_remaining: _stock, stock_seq: _seq, stock_leaf: _leaf, updated_at: _at, ...said } = prize
  const names = Object.keys(said) as (keyof typeof said)[]
  if (names.some((name) => `${said[name]}` !== `${locked[name]}`)) throw new StaleRead(`prize ${prize.prize_id}`)
}

/** The wheel as readers see it. */
export interface ShownWheel extends Wheel {
  closed_at: Date | null
  /** As the version has written them down; null while nobody has. */
  rules: VersionRules | null
  /** What is announced; null when nothing is. */
  next: AnnouncedWheel | null
  /** True when what is announced should be in force by now. */
  isDue: boolean
}

/** Reads the wheel as it is committed now; undefined before the seed. */
export async function readWheel({ orm }: Database): Promise<ShownWheel | undefined> {
  const found = await orm
    .select({
      wheel: lotteryWheelTable,
      isDue: sql<number>`COALESCE(${lotteryWheelTable.next_from} <= SYSDATE(3), 0)`,
      prize: lotteryPrizesTable,
      written: wheelVersionsTable,
    })
    .from(lotteryWheelTable)
    .leftJoin(wheelVersionsTable, eq(wheelVersionsTable.version, lotteryWheelTable.version))
    .leftJoin(lotteryPrizesTable, eq(lotteryPrizesTable.status, 'active'))
    .where(eq(lotteryWheelTable.wheel_id, onlyWheel))
    .orderBy(asc(lotteryPrizesTable.angle))
  const [first] = found
  if (!first) return undefined
  const { version, pity_prize_id, closed_at } = first.wheel
  return {
    version,
    pity_prize_id,
    is_closed: closed_at !== null,
    closed_at,
    rules: first.written && rulesIn(first.written),
    prizes: found.flatMap(({ prize }) => prize ?? []),
    next: announcedIn(first.wheel),
    isDue: Number(first.isDue) !== 0,
  }
}

import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { StaleRead } from '../db/errors.ts'
import { lockOrder } from '../lock-order.ts'
import { decoderOf, derivedMapping } from '../till/table-mapping.ts'
import type { Prize } from './prizes.ts'
import { lotteryPrizesTable, lotteryWheelTable, onlyWheel } from './schema.ts'
import type { Wheel } from './wheel.ts'
import { type AnnouncedWheel, announcedIn } from './wheel-change.ts'

/** The wheel as a batch holds it. */
export interface HeldWheel {
  wheel_id: number
  wheel: Wheel
  /** True when an announced change should be in force by now, and is not yet. */
  isDue: boolean
  /** The database's time. */
  at: Date
}

const decodePrize = decoderOf(lotteryPrizesTable)
const prizeColumns = Object.keys(getTableColumns(lotteryPrizesTable))

/**
 * The wheel and its prizes in one statement, so that they are of one version. It shares the lock of the wheel's row, and
 * reads the prizes only then: READ COMMITTED takes its view of them at the first row that is not locked. SYSDATE is the
 * time after that wait; NOW would be the time before it.
 */
const selectWheel = `SELECT wheel_id, version, pity_prize_id, closed_at IS NOT NULL AS is_closed,
       COALESCE(next_from <= SYSDATE(3), 0) AS is_due, ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS at_ms,
       ${prizeColumns.map((name) => `lottery_prizes.\`${name}\``).join(', ')}
   FROM (SELECT wheel_id, version, pity_prize_id, closed_at, next_from
           FROM lottery_wheel WHERE wheel_id IN (?) LOCK IN SHARE MODE) wheel
   LEFT JOIN lottery_prizes ON lottery_prizes.status = 'active' ORDER BY angle`

/**
 * The wheel in force. Its row is locked in share mode: draws run in parallel, a change waits for those that have begun,
 * and none begins with a wheel that is closed or no longer in force. A draw changes only the stock of a limited prize,
 * whose row it locks; {@link requireSamePrize} checks that this row still matches the wheel.
 */
export const committedWheel = derivedMapping({
  name: 'the committed wheel',
  rank: lockOrder.committedWheel,
  updates: ['wheel', 'isDue'],
  keyOf: ({ wheel_id }: HeldWheel) => [wheel_id],
  async load(tx, keys) {
    const found = await tx.query<Record<string, unknown>>(selectWheel, [keys.flat()])
    const [first] = found
    if (!first) return []
    const head = { version: Number(first.version), pity_prize_id: Number(first.pity_prize_id) }
    const held = {
      wheel_id: Number(first.wheel_id),
      isDue: Number(first.is_due) !== 0,
      at: new Date(Number(first.at_ms)),
    }
    const is_closed = Number(first.is_closed) !== 0
    const prizes = found.filter(({ prize_id }) => prize_id !== null).map(prizeIn)
    return [{ ...held, wheel: { ...head, is_closed, prizes } }]
  },
})

const ofTheWheel = ['wheel_id', 'version', 'pity_prize_id', 'is_closed', 'is_due', 'at_ms'] as const

function prizeIn(row: Record<string, unknown>): Prize {
  for (const column of ofTheWheel) delete row[column]
  return decodePrize(row)
}

/**
 * Asserts that the locked row of a prize matches the wheel, except for its stock.
 * @throws {StaleRead} when the wheel was replaced since it was read: the batch runs again.
 */
export function requireSamePrize(prize: Readonly<Prize>, locked: Readonly<Prize>): void {
  const { stock_remaining: _stock, updated_at: _at, ...said } = prize
  const names = Object.keys(said) as (keyof typeof said)[]
  if (names.some((name) => `${said[name]}` !== `${locked[name]}`)) throw new StaleRead(`prize ${prize.prize_id}`)
}

/** The wheel as readers see it. */
export interface ShownWheel extends Wheel {
  closed_at: Date | null
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
    })
    .from(lotteryWheelTable)
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
    prizes: found.flatMap(({ prize }) => prize ?? []),
    next: announcedIn(first.wheel),
    isDue: Number(first.isDue) !== 0,
  }
}

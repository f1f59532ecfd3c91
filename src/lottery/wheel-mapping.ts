import { asc, eq, getTableColumns } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { StaleRead } from '../db/errors.ts'
import { lockOrder } from '../lock-order.ts'
import { decoderOf, derivedMapping } from '../till/table-mapping.ts'
import type { Prize } from './prizes.ts'
import { lotteryPrizesTable, lotteryWheelTable, onlyWheel } from './schema.ts'
import type { Wheel } from './wheel.ts'

/** The wheel as a batch holds it. */
export interface HeldWheel {
  wheel_id: number
  wheel: Wheel
}

const decodePrize = decoderOf(lotteryPrizesTable)
const prizeColumns = Object.keys(getTableColumns(lotteryPrizesTable))

/** The wheel and its prizes in one statement, so that they are of one version. */
const selectWheel = `SELECT wheel_id, version, pity_prize_id, ${prizeColumns.map((name) => `lottery_prizes.\`${name}\``).join(', ')}
   FROM lottery_wheel LEFT JOIN lottery_prizes ON lottery_prizes.status = 'active'
  WHERE wheel_id IN (?) ORDER BY angle`

/**
 * The wheel as it is committed when the batch begins. It is not locked: draws run in parallel, and a replacement waits
 * for nobody. A draw sees the old or the new wheel, never a mix. A draw changes only the stock of a limited prize, whose
 * row it locks; {@link requireSamePrize} checks that this row still matches the wheel.
 */
export const committedWheel = derivedMapping({
  name: 'the committed wheel',
  rank: lockOrder.committedWheel,
  updates: ['wheel'],
  keyOf: ({ wheel_id }: HeldWheel) => [wheel_id],
  async load(tx, keys) {
    const found = await tx.query<Record<string, unknown>>(selectWheel, [keys.flat()])
    const [first] = found
    if (!first) return []
    const prizes = found
      .filter(({ prize_id }) => prize_id !== null)
      .map(({ wheel_id: _id, version: _version, pity_prize_id: _pity, ...prize }) => decodePrize(prize))
    const wheel = { version: Number(first.version), pity_prize_id: Number(first.pity_prize_id), prizes }
    return [{ wheel_id: Number(first.wheel_id), wheel }]
  },
})

/**
 * Asserts that the locked row of a prize matches the wheel, except for its stock.
 * @throws {StaleRead} when the wheel was replaced since it was read: the batch runs again.
 */
export function requireSamePrize(prize: Readonly<Prize>, locked: Readonly<Prize>): void {
  const { stock_remaining: _stock, updated_at: _at, ...said } = prize
  const names = Object.keys(said) as (keyof typeof said)[]
  if (names.some((name) => `${said[name]}` !== `${locked[name]}`)) throw new StaleRead(`prize ${prize.prize_id}`)
}

/** Reads the wheel as it is committed now; undefined before the seed. */
export async function readWheel({ orm }: Database): Promise<Wheel | undefined> {
  const found = await orm
    .select({ wheel: lotteryWheelTable, prize: lotteryPrizesTable })
    .from(lotteryWheelTable)
    .leftJoin(lotteryPrizesTable, eq(lotteryPrizesTable.status, 'active'))
    .where(eq(lotteryWheelTable.wheel_id, onlyWheel))
    .orderBy(asc(lotteryPrizesTable.angle))
  const [first] = found
  if (!first) return undefined
  const { version, pity_prize_id } = first.wheel
  return { version, pity_prize_id, prizes: found.flatMap(({ prize }) => prize ?? []) }
}

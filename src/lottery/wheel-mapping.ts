import { asc, eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { lockOrder } from '../lock-order.ts'
import { derivedMapping, mapTable } from '../till/table-mapping.ts'
import { lotteryPrizesTable, lotteryWheel, lotteryWheelTable } from './schema.ts'
import type { Wheel } from './wheel.ts'

/** The one wheel as a batch holds it. */
export interface HeldWheel {
  wheel_id: number
  wheel: Wheel
}

const prizesByStatus = mapTable(lotteryPrizesTable, {
  rank: lockOrder.wheel,
  key: ['status'],
  lock: 'none',
  updates: [],
})

/**
 * The wheel under a shared lock: draws run side by side, whoever replaces it waits for them, and what follows sees the
 * new one, never a mix; draws that follow in the batch see it here.
 */
export const wheelMapping = derivedMapping({
  name: 'lottery_wheel',
  rank: lockOrder.wheel,
  updates: ['wheel'],
  keyOf: ({ wheel_id }: HeldWheel) => [wheel_id],
  async load(tx, keys) {
    const [row] = await lotteryWheel.load(tx, keys)
    if (!row) return []
    const prizes = await prizesByStatus.load(tx, [['active']])
    return [{ wheel_id: row.wheel_id, wheel: { ...row, prizes: prizes.sort((a, b) => a.angle - b.angle) } }]
  },
})

/** The wheel as it is committed now, or undefined before it is seeded. */
export async function readWheel({ orm }: Database): Promise<Wheel | undefined> {
  const [row] = await orm.select().from(lotteryWheelTable).where(eq(lotteryWheelTable.wheel_id, 1))
  if (!row) return undefined
  const prizes = await orm
    .select()
    .from(lotteryPrizesTable)
    .where(eq(lotteryPrizesTable.status, 'active'))
    .orderBy(asc(lotteryPrizesTable.angle))
  return { version: row.version, pity_prize_id: row.pity_prize_id, prizes }
}

import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { Prize } from './prizes.ts'
import { lotteryPrizes, type prizeMovementsTable } from './schema.ts'
import { prizeMovements } from './versions.ts'

type Operation = (typeof prizeMovementsTable.$inferSelect)['operation']

/** The id of the only row of {@link lastDraw}. */
export const theLast = 1

/** The last turn of anyone. Read while the wheel is locked: no other can be taken meanwhile. */
export const lastDraw = derivedMapping<{ id: number; record_id: number }, never>({
  name: 'the last draw',
  rank: lockOrder.journals,
  updates: [],
  keyOf: ({ id }) => [id],
  async load(tx) {
    const [last] = await tx.query<{ record_id: number }>(
      'SELECT COALESCE(MAX(record_id), 0) AS record_id FROM lottery_records',
    )
    return [{ id: theLast, record_id: Number(last?.record_id ?? 0) }]
  },
})

/**
 * Sets what is left of a prize; null: unlimited. The movement that says so is written as well. Nothing but a draw changes
 * a prize's stock in another way.
 */
export function setPrizeStock(
  unit: UnitOfWork,
  prize: Readonly<Prize>,
  stock: number | null,
  { operation, version }: { operation: Operation; version: number },
): void {
  const change = (stock ?? 0) - (prize.stock_remaining ?? 0)
  unit.update(lotteryPrizes, prize, { stock_remaining: stock, updated_at: unit.now })
  if (change !== 0) recordMovement(unit, prize, change, { operation, version })
}

/** Writes a movement of a stock that is as it is. */
export function recordMovement(
  unit: UnitOfWork,
  { prize_id }: Readonly<Prize>,
  change: number,
  { operation, version }: { operation: Operation; version: number },
): void {
  unit.append(prizeMovements, {
    prize_id,
    quantity_change: change,
    operation,
    wheel_version: version,
    last_record_id: unit.get(lastDraw, [theLast]).record_id,
    created_at: unit.now,
  })
}

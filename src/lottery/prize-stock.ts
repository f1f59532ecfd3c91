import { prizeStockSteps, type stockStepOperations } from '../fairness/schema.ts'
import { logStockStep } from '../fairness/stock-steps.ts'
import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { PrizeLedger } from './prize-ledger.ts'
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
 * Sets what is left of a prize; null: unlimited. The movement that says so is written as well. Only this and draws
 * change a prize's stock.
 */
export function setPrizeStock(
  unit: UnitOfWork,
  prize: Readonly<Prize>,
  stock: number | null,
  { operation, version }: { operation: Operation; version: number },
): void {
  const change = (stock ?? 0) - (prize.stock_remaining ?? 0)
  moveTo(unit, prize, stock, operation)
  if (change !== 0) recordMovement(unit, prize, change, { operation, version })
}

/** Writes a movement, and leaves the stock as it is. */
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

type Step = (typeof stockStepOperations)[number]

/** Takes one of a limited prize that has some left. */
export function takeOne(unit: UnitOfWork, prize: Readonly<Prize>): void {
  moveTo(unit, prize, (prize.stock_remaining ?? 0) - 1, 'draw')
}

function moveTo(unit: UnitOfWork, prize: Readonly<Prize>, stock: number | null, operation: Step): void {
  if (stock === prize.stock_remaining) return
  openSteps(unit, prize)
  const quantity_change = (stock ?? 0) - (prize.stock_remaining ?? 0)
  unit.update(lotteryPrizes, prize, { stock_remaining: stock, updated_at: unit.now })
  appendStep(unit, prize, quantity_change, operation)
}

/** Begins the steps of a limited prize that has none: a program of an earlier version left it so. */
export function openSteps(unit: UnitOfWork, prize: Readonly<Prize>): void {
  if (prize.stock_seq === 0 && prize.stock_remaining !== null) appendStep(unit, prize, prize.stock_remaining, 'opening')
}

/** Writes the step that is missing between what the steps come to and what is left. Returns whether one was. */
export function completeSteps(
  unit: UnitOfWork,
  prize: Readonly<Prize>,
  { steps, stepped }: Pick<PrizeLedger, 'steps' | 'stepped'>,
  operation: 'opening' | 'repair',
): boolean {
  const change = (prize.stock_remaining ?? 0) - stepped
  // Other operations of the batch may have made steps since these were counted.
  if (change === 0 || prize.stock_seq !== steps) return false
  appendStep(unit, prize, change, operation)
  return true
}

/** Writes a step that led to what is left now. */
function appendStep(unit: UnitOfWork, prize: Readonly<Prize>, quantity_change: number, operation: Step): void {
  const { prize_id, stock_seq, stock_leaf, stock_remaining } = prize
  const step = {
    ...{ prize_id, seq: stock_seq + 1, operation, quantity_change, stock_after: stock_remaining },
    ...{ previous_leaf: stock_leaf, created_at: unit.now },
  }
  const leaf = logStockStep(step).hash.toHex()
  unit.append(prizeStockSteps, { ...step, leaf })
  unit.update(lotteryPrizes, prize, { stock_seq: step.seq, stock_leaf: leaf })
}

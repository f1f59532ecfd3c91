import { lockOrder } from '../lock-order.ts'
import { wheelInForce, wheelNeeds } from '../lottery/change-wheel.ts'
import { recordMovement } from '../lottery/prize-stock.ts'
import { lotteryPrizes } from '../lottery/schema.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { derivedMapping, rows } from '../till/table-mapping.ts'

/**
 * Selects each prize with what its movements brought and its draws took. A draw of an earlier program doesn't say whether
 * it took one: after the prize's first movement it did.
 */
export function prizeLedger(where: string): string {
  return `
    SELECT p.prize_id AS id, p.stock_remaining, COALESCE(m.moved, 0) AS moved,
           (SELECT COUNT(*) FROM lottery_records r FORCE INDEX (lottery_records_prize)
             WHERE r.prize_id = p.prize_id AND r.wheel_version >= m.since AND r.is_pity = 0
               AND (r.took_stock = 1 OR (r.took_stock IS NULL AND r.record_id > m.last_draw))) AS taken
      FROM lottery_prizes p
      LEFT JOIN (SELECT prize_id, SUM(quantity_change) AS moved, MIN(wheel_version) AS since, MIN(last_record_id) AS last_draw
                   FROM prize_movements GROUP BY prize_id) m ON m.prize_id = p.prize_id
     WHERE ${where}`
}

/** Read while the wheel is locked: no draw takes one meanwhile. */
const ledgers = derivedMapping({
  name: 'prize ledger',
  rank: lockOrder.journals,
  updates: [],
  keyOf: ({ id }: { id: number; left: number }) => [id],
  async load(tx, keys) {
    const found = await tx.query<{ id: number; moved: string; taken: number }>(prizeLedger('p.prize_id IN (?)'), [
      keys.flat(),
    ])
    return found.map(({ id, moved, taken }) => ({ id, left: Number(moved) - Number(taken) }))
  },
})

/**
 * Takes the stock of a prize for true, and writes the movement that is missing. Unlike points and goods, what is left of a
 * prize can be counted on the shelf.
 */
export const repairPrizeStock: Operation<{ id: number; actor: Actor }, { repaired: boolean }> = {
  name: 'repair_prize_stock',
  laneKey: () => 'wheel',
  needs: ({ id }) => [...wheelNeeds(), rows(ledgers, id)],
  decide(unit, { id, actor }) {
    const { wheel } = wheelInForce(unit)
    const prize = wheel.prizes.some(({ prize_id }) => prize_id === id) ? unit.get(lotteryPrizes, [id]) : undefined
    if (!prize) return { repaired: false }
    const { left } = unit.get(ledgers, [id])
    const change = (prize.stock_remaining ?? 0) - left
    if (change === 0) return { repaired: false }
    recordMovement(unit, prize, change, { operation: 'repair', version: wheel.version })
    audit(unit, actor, { action: 'reconcile.repair', target: `prize:${id}`, details: { change } })
    return { repaired: true }
  },
}

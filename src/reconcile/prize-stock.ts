import { wheelNeeds } from '../lottery/change-wheel.ts'
import { prizeLedgers } from '../lottery/prize-ledger.ts'
import { completeSteps, recordMovement } from '../lottery/prize-stock.ts'
import { lotteryPrizes } from '../lottery/schema.ts'
import { wheelInForce } from '../lottery/wheel-in-force.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'

/**
 * Takes the stock of a prize for true, and writes the movement and the step that are missing. Unlike points and goods,
 * what is left of a prize can be counted on the shelf.
 */
export const repairPrizeStock: Operation<{ id: number; actor: Actor }, { repaired: boolean }> = {
  name: 'repair_prize_stock',
  laneKey: () => 'wheel',
  needs: ({ id }) => [...wheelNeeds(), rows(prizeLedgers, id)],
  decide(unit, { id, actor }) {
    const { wheel } = wheelInForce(unit)
    const prize = wheel.prizes.some(({ prize_id }) => prize_id === id) ? unit.get(lotteryPrizes, [id]) : undefined
    if (!prize) return { repaired: false }
    const ledger = unit.get(prizeLedgers, [id])
    const change = (prize.stock_remaining ?? 0) - ledger.left
    if (change !== 0) recordMovement(unit, prize, change, { operation: 'repair', version: wheel.version })
    const isStepped = completeSteps(unit, prize, ledger, 'repair')
    if (change === 0 && !isStepped) return { repaired: false }
    audit(unit, actor, { action: 'reconcile.repair', target: `prize:${id}`, details: { change } })
    return { repaired: true }
  },
}

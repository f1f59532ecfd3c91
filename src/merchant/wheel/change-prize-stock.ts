import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { wheelNeeds } from '../../lottery/change-wheel.ts'
import { setPrizeStock } from '../../lottery/prize-stock.ts'
import { type Prize, prizeRules } from '../../lottery/prizes.ts'
import { lotteryPrizes } from '../../lottery/schema.ts'
import type { Wheel } from '../../lottery/wheel.ts'
import { wheelInForce } from '../../lottery/wheel-in-force.ts'
import { committedWheel } from '../../lottery/wheel-mapping.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { wrongField } from './matched.ts'
import { mostStock, type PrizeStock } from './wire.ts'

export interface PrizeStockChange {
  prizeId: number
  /** Pieces, positive or negative, never 0; null: the prize is unlimited from now on. */
  change: number | null
  reason: string
  actor: StaffActor
}

/** Adds to what is left of a prize, or takes from it, at once. Pieces of an unlimited prize make it a limited one. */
export const changePrizeStock: Operation<PrizeStockChange, PrizeStock, Push> = byStaff('wheel', {
  name: 'change_prize_stock',
  laneKey: () => 'wheel',
  needs: wheelNeeds,
  decide(unit, { prizeId, change, reason, actor }) {
    const held = wheelInForce(unit)
    requireLimitable(held.wheel, prizeId)
    const prize = unit.get(lotteryPrizes, [prizeId])
    const before = { stock_remaining: prize.stock_remaining }
    const stock_remaining = stockAfter(prize, change)
    setPrizeStock(unit, prize, stock_remaining, { operation: 'adjust', version: held.wheel.version })
    const prizes = held.wheel.prizes.map((one) => (one.prize_id === prizeId ? { ...prize } : one))
    unit.update(committedWheel, held, { wheel: { ...held.wheel, prizes } })
    audit(unit, actor, {
      action: 'prize.stock',
      target: `prize:${prizeId}`,
      before,
      after: { stock_remaining },
      details: { change, reason },
    })
    return { prize_id: prizeId, stock_remaining }
  },
})

/** The guaranteed prize is promised, and the empty prize stands in for those that run out: neither runs out itself. */
function requireLimitable({ prizes, pity_prize_id }: Wheel, prizeId: number): void {
  const prize = prizes.find(({ prize_id }) => prize_id === prizeId)
  if (!prize) throw wrongField('id', '奖品不在转盘上')
  if (prizeId === pity_prize_id) throw wrongField('id', '保底奖品不限量')
  if (!prizeRules[prize.prize_type].isWin) throw wrongField('id', '谢谢参与不限量')
}

function stockAfter({ stock_remaining }: Readonly<Prize>, change: number | null): number | null {
  if (change === null) return null
  const stock = (stock_remaining ?? 0) + change
  if (stock < 0) throw new Refusal(4004, { available_stock: stock_remaining ?? 0 })
  if (stock > mostStock) throw new Refusal(9000, { issues: [{ path: 'change', message: '库存超过上限' }] })
  return stock
}

import type { Operation } from '../till/operation.ts'
import { type Need, rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { announcedIn, nothingAnnounced, rulesUnder, type WheelChange, type WheelLimits } from './announced-wheel.ts'
import { lastDraw, setPrizeStock, theLast } from './prize-stock.ts'
import { lotteryPrizes, onlyWheel, wheelRow } from './schema.ts'
import { recordVersion } from './versions.ts'
import type { Wheel } from './wheel.ts'
import { committedWheel } from './wheel-mapping.ts'

/** What a change of the wheel or of its stock needs: the wheel to itself, and every prize that it has or gets. */
export function wheelNeeds(): Need[] {
  return [
    rows(wheelRow, onlyWheel),
    rows(committedWheel, onlyWheel),
    rows(lastDraw, theLast),
    {
      mapping: lotteryPrizes,
      keys: (unit) => {
        const row = unit.find(wheelRow, [onlyWheel])
        const present = unit.find(committedWheel, [onlyWheel])?.wheel.prizes ?? []
        const prizes = [...present, ...((row && announcedIn(row)?.prizes) ?? [])]
        return [...new Set(prizes.map(({ prize_id }) => prize_id))].map((prizeId) => [prizeId])
      },
    },
  ]
}

/** Puts a whole wheel in force, as its next version. The eight rows keep their ids, because records refer to them. */
export function putInForce(unit: UnitOfWork, change: WheelChange, from: Date, limits: WheelLimits): Wheel {
  const { version, cost_points, pity_prize_id } = change
  const row = unit.get(wheelRow, [onlyWheel])
  const held = unit.get(committedWheel, [onlyWheel])
  for (const { prize_id, stock_remaining, ...prize } of change.prizes) {
    const standing = unit.get(lotteryPrizes, [prize_id])
    unit.update(lotteryPrizes, standing, { ...prize, cost_points, updated_at: unit.now })
    if (stock_remaining !== undefined) setPrizeStock(unit, standing, stock_remaining, { operation: 'replace', version })
  }
  unit.update(wheelRow, row, {
    ...{ version, pity_prize_id, last_version: version, updated_at: unit.now },
    ...nothingAnnounced,
  })
  recordVersion(unit, { ...change, effective_from: from }, limits)
  const prizes = change.prizes.map(({ prize_id }) => ({ ...unit.get(lotteryPrizes, [prize_id]) }))
  const wheel = { ...held.wheel, version, pity_prize_id, prizes: prizes.sort((a, b) => a.angle - b.angle) }
  unit.update(committedWheel, held, { wheel, rules: rulesUnder(limits), isDue: false })
  return wheel
}

/** Brings in the change that was announced, once it is due by the database's clock. */
export const changeWheel: Operation<WheelLimits, { changed: boolean }> = {
  name: 'change_wheel',
  laneKey: () => 'wheel',
  needs: wheelNeeds,
  decide(unit, limits) {
    const row = unit.find(wheelRow, [onlyWheel])
    const held = unit.find(committedWheel, [onlyWheel])
    if (!row || !held?.isDue) return { changed: false }
    const next = announcedIn(row)
    if (next) {
      const { effective_from, ...change } = next
      putInForce(unit, change, effective_from, limits)
    } else {
      unit.update(wheelRow, row, nothingAnnounced)
      unit.update(committedWheel, held, { isDue: false })
    }
    return { changed: true }
  },
}

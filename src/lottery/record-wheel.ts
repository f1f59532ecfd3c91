import { isDeepStrictEqual } from 'node:util'
import type { Operation } from '../till/operation.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { announced, announcedIn, nextVersion, rulesIn, rulesUnder, type WheelLimits } from './announced-wheel.ts'
import { wheelNeeds } from './change-wheel.ts'
import { ledgersOfWheel, prizeLedgers } from './prize-ledger.ts'
import { completeSteps, recordMovement } from './prize-stock.ts'
import { lotteryPrizes, onlyWheel, wheelRow } from './schema.ts'
import { recordVersion, wheelVersions } from './versions.ts'
import type { Wheel } from './wheel.ts'
import { committedWheel } from './wheel-mapping.ts'

/**
 * Writes down the wheel in force as it stands, where a program of an earlier version or a setting changed it: its version,
 * a new version where a limit is another one now, and the stocks that no movement accounts for.
 */
export const recordWheel: Operation<WheelLimits, object> = {
  name: 'record_wheel',
  laneKey: () => 'wheel',
  needs: () => [
    ...wheelNeeds(),
    {
      mapping: wheelVersions,
      keys: (unit) => {
        const row = unit.find(wheelRow, [onlyWheel])
        return row ? [[row.version]] : []
      },
    },
    ledgersOfWheel(),
  ],
  decide(unit, limits) {
    const row = unit.find(wheelRow, [onlyWheel])
    const held = unit.find(committedWheel, [onlyWheel])
    if (!row || !held) return {}
    const { wheel } = held
    const known = unit.find(wheelVersions, [row.version])
    openStocks(unit, wheel, known !== undefined)
    if (!known) {
      recordVersion(
        unit,
        { ...standing(wheel, row.updated_at), made_role: null, effective_from: row.updated_at },
        limits,
      )
      unit.update(committedWheel, held, { rules: rulesUnder(limits) })
    } else if (!isDeepStrictEqual(rulesIn(known), rulesUnder(limits))) {
      changeLimits(unit, wheel, limits)
    }
    return {}
  },
}

function standing({ version, pity_prize_id, prizes }: Wheel, made_at: Date) {
  return { version, cost_points: prizes[0]?.cost_points ?? 0, pity_prize_id, prizes, made_by: null, made_at }
}

/** A limit is another one, by a setting: the same prizes get a new version. What is announced comes after it. */
function changeLimits(unit: UnitOfWork, wheel: Wheel, limits: WheelLimits): void {
  const row = unit.get(wheelRow, [onlyWheel])
  const held = unit.get(committedWheel, [onlyWheel])
  const next = announcedIn(row)
  const version = nextVersion(row)
  const change = { ...standing({ ...wheel, version }, unit.now), made_role: 'system' as const }
  recordVersion(unit, { ...change, effective_from: held.at }, limits)
  unit.update(wheelRow, row, { version, last_version: next ? version + 1 : version, updated_at: unit.now })
  if (next) unit.update(wheelRow, row, announced({ ...next, version: version + 1 }, version, next.effective_from))
  unit.update(committedWheel, held, { wheel: { ...wheel, version }, rules: rulesUnder(limits) })
}

/** Begins the ledger of a prize's stock, and completes it where the editor of an earlier program set the stock. */
function openStocks(unit: UnitOfWork, wheel: Wheel, isKnown: boolean): void {
  for (const { prize_id } of wheel.prizes) {
    const prize = unit.get(lotteryPrizes, [prize_id])
    const ledger = unit.get(prizeLedgers, [prize_id])
    const { left, movements } = ledger
    if (!isKnown || prize.stock_seq === 0) completeSteps(unit, prize, ledger, 'opening')
    const change = (prize.stock_remaining ?? 0) - left
    if (change === 0 || (isKnown && movements > 0)) continue
    recordMovement(unit, prize, change, { operation: 'opening', version: wheel.version })
  }
}

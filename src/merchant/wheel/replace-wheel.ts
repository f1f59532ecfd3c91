import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import type { Prize } from '../../lottery/prizes.ts'
import { lotteryPrizes, onlyWheel, wheelRow } from '../../lottery/schema.ts'
import type { Wheel } from '../../lottery/wheel.ts'
import { committedWheel } from '../../lottery/wheel-mapping.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import { wheelView } from './queries.ts'
import type { WheelAnswer, WheelBody } from './wire.ts'

export interface WheelReplacement {
  wheel: WheelBody
  actor: StaffActor
  /** The wheel's version that filled in missing fields; undefined when nothing was missing. */
  basis?: number | undefined
}

/**
 * Replaces the whole wheel in one transaction, as the next version. Draws see the old or the new wheel, never a mix.
 * The eight rows keep their ids, because records and the pity prize refer to them.
 */
export const replaceWheel: Operation<WheelReplacement, WheelAnswer, Push> = byStaff('wheel', {
  name: 'replace_wheel',
  laneKey: () => 'wheel',
  needs: () => [
    rows(wheelRow, onlyWheel),
    rows(committedWheel, onlyWheel),
    {
      mapping: lotteryPrizes,
      keys: (unit) => unit.find(committedWheel, [onlyWheel])?.wheel.prizes.map(({ prize_id }) => [prize_id]) ?? [],
    },
  ],
  decide(unit, { wheel: wanted, actor, basis }) {
    const row = unit.find(wheelRow, [onlyWheel])
    const held = unit.find(committedWheel, [onlyWheel])
    if (!row || !held) throw new Refusal(3001)
    if (basis !== undefined && basis !== row.version)
      throw new Refusal(6010, null, { sentence: '转盘刚被修改，请刷新后再试' })
    const before = wheelView(held.wheel)
    const pity_prize_id = wanted.pity_prize_id ?? row.pity_prize_id
    const cost_points = wanted.cost_points ?? held.wheel.prizes[0]?.cost_points ?? 0
    for (const [prize_id, { prize_id: _, stock_remaining, ...prize }] of matched(held.wheel, wanted)) {
      const stock = stock_remaining === undefined ? {} : { stock_remaining }
      const change = { ...prize, ...stock, cost_points, updated_at: unit.now }
      unit.update(lotteryPrizes, unit.get(lotteryPrizes, [prize_id]), change)
    }
    requirePityPrize(held.wheel, pity_prize_id)
    const version = row.version + 1
    unit.update(wheelRow, row, { version, pity_prize_id, updated_at: unit.now })
    const prizes = held.wheel.prizes.map(({ prize_id }) => ({ ...unit.get(lotteryPrizes, [prize_id]) }))
    const replaced = { version, pity_prize_id, prizes: prizes.sort((a, b) => a.angle - b.angle) }
    unit.update(committedWheel, held, { wheel: replaced })
    const after = wheelView(replaced)
    audit(unit, actor, { action: 'wheel.replace', target: `wheel:${onlyWheel}`, before, after })
    return after
  },
})

/** Finds a row for each wanted prize: the row with its id, else the row at its angle, else any free row. */
function matched(wheel: Wheel, { prizes }: WheelBody): Map<number, WheelBody['prizes'][number]> {
  const free = new Map(wheel.prizes.map((prize) => [prize.prize_id, prize]))
  const matches = new Map<number, WheelBody['prizes'][number]>()
  const take = (wanted: WheelBody['prizes'][number], row: Prize | undefined) => {
    if (!row) return
    free.delete(row.prize_id)
    matches.set(row.prize_id, wanted)
  }
  const named = prizes.filter(({ prize_id }) => prize_id !== undefined)
  for (const wanted of named) {
    const row = free.get(wanted.prize_id ?? 0)
    if (!row) throw wrongField('prizes.prize_id', '奖品不在转盘上或重复')
    take(wanted, row)
  }
  const nameless = prizes.filter(({ prize_id }) => prize_id === undefined)
  for (const wanted of nameless)
    take(
      wanted,
      [...free.values()].find(({ angle }) => angle === wanted.angle),
    )
  const taken = new Set(matches.values())
  for (const wanted of nameless) if (!taken.has(wanted)) take(wanted, free.values().next().value)
  if (matches.size !== prizes.length) throw wrongField('prizes', '转盘应有八个奖品')
  return matches
}

function requirePityPrize({ prizes }: Wheel, pityPrizeId: number): void {
  if (!prizes.some(({ prize_id }) => prize_id === pityPrizeId)) throw wrongField('pity_prize_id', '保底奖品不在转盘上')
}

function wrongField(path: string, message: string): Refusal {
  return new Refusal(6010, { issues: [{ path, message }] })
}

import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import {
  type AnnouncedWheel,
  announced,
  announcedIn,
  type ChangedPrize,
  nextVersion,
  type WheelChange,
  type WheelLimits,
} from '../../lottery/announced-wheel.ts'
import { putInForce, wheelNeeds } from '../../lottery/change-wheel.ts'
import { lastDraw, theLast } from '../../lottery/prize-stock.ts'
import type { Prize } from '../../lottery/prizes.ts'
import { lotteryPrizes, onlyWheel, wheelRow } from '../../lottery/schema.ts'
import { isEmpty, type Wheel } from '../../lottery/wheel.ts'
import { wheelInForce } from '../../lottery/wheel-in-force.ts'
import { committedWheel } from '../../lottery/wheel-mapping.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff, roleIn } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import { matched, wrongField } from './matched.ts'
import { nextView, wheelState, wheelView } from './views.ts'
import type { WheelBody, WheelSaved } from './wire.ts'

/** The rules of changes of the wheel. */
export interface WheelRules {
  /** When a change comes into force. `now` is for development. */
  change: 'next_day' | 'now'
  /** The most points that a prize may get. */
  mostPoints: number
  limits: WheelLimits
}

export interface WheelReplacement {
  wheel: WheelBody
  actor: StaffActor
  rules: WheelRules
  /** The start of the business day after an instant. */
  nextDayAfter: (at: Date) => Date
  /** The wheel's version that filled in missing fields; undefined when nothing was missing. */
  basis?: number | undefined
}

/**
 * Replaces the whole wheel, as the next version. It is announced, and in force from the next business day on; a wheel that
 * nobody ever drew from changes at once. What was announced before is replaced.
 */
export const replaceWheel: Operation<WheelReplacement, WheelSaved, Push> = byStaff('wheel', {
  name: 'replace_wheel',
  laneKey: () => 'wheel',
  needs: wheelNeeds,
  decide(unit, { wheel: wanted, actor, rules, nextDayAfter, basis }) {
    const held = wheelInForce(unit)
    const row = unit.get(wheelRow, [onlyWheel])
    const next = announcedIn(row)
    if (basis !== undefined && basis !== (next?.version ?? row.version))
      throw new Refusal(6010, null, { sentence: '转盘刚被修改，请刷新后再试' })
    const before = next ? nextView(next, held.wheel) : wheelView(held.wheel)
    const isUndrawn = unit.get(lastDraw, [theLast]).record_id === 0
    const change: WheelChange = {
      ...contentOf(unit, wanted, { wheel: held.wheel, next, isUndrawn }),
      version: nextVersion(row),
      made_by: actor.userId,
      made_role: roleIn(unit, actor),
      made_at: unit.now,
    }
    requireBounds(change, held.wheel, next, rules)
    const isAtOnce = isUndrawn || rules.change === 'now'
    const from = isAtOnce ? held.at : nextDayAfter(held.at)
    if (isAtOnce) putInForce(unit, change, from, rules.limits)
    else {
      const { version: last_version } = change
      unit.update(wheelRow, row, { ...announced(change, row.version, from), last_version, updated_at: unit.now })
    }
    const state = wheelState(unit.get(committedWheel, [onlyWheel]).wheel, row)
    const effective_from = from.toISOString()
    const saved = { ...state, ...(state.next ?? state.current), effective_from }
    const after = state.next ?? state.current
    audit(unit, actor, {
      action: 'wheel.replace',
      target: `wheel:${onlyWheel}`,
      before,
      after,
      details: { effective_from },
    })
    return saved
  },
})

interface Basis {
  wheel: Wheel
  next: AnnouncedWheel | null
  isUndrawn: boolean
}

/** What is wanted, with what was left out as it is set now. */
function contentOf(unit: UnitOfWork<Push>, wanted: WheelBody, { wheel, next, isUndrawn }: Basis) {
  const set = next ?? { ...wheel, cost_points: wheel.prizes[0]?.cost_points ?? 0 }
  const pity_prize_id = wanted.pity_prize_id ?? set.pity_prize_id
  if (!set.prizes.some(({ prize_id }) => prize_id === pity_prize_id))
    throw wrongField('pity_prize_id', '保底奖品不在转盘上')
  const prizes = [...matched(set.prizes, wanted)].map(([prize_id, prize]): ChangedPrize => {
    const standing = unit.get(lotteryPrizes, [prize_id])
    const planned = next?.prizes.find((one) => one.prize_id === prize_id)
    const takesStock = isUndrawn || !isSame(standing, prize)
    const kept = planned && isSame(planned, prize) ? planned.stock_remaining : undefined
    const stock_remaining = prize.stock_remaining === undefined ? kept : prize.stock_remaining
    return { ...prize, prize_id, stock_remaining: takesStock ? stock_remaining : undefined }
  })
  const cost_points = wanted.cost_points ?? set.cost_points
  return { cost_points, pity_prize_id, prizes: prizes.sort((a, b) => a.angle - b.angle) }
}

type Named = Pick<Prize, 'prize_name' | 'prize_type'>

function isSame(one: Named, other: Named): boolean {
  return one.prize_name === other.prize_name && one.prize_type === other.prize_type
}

/** Bounds what is new. What stands, or is announced, stays valid. */
function requireBounds(change: WheelChange, wheel: Wheel, next: AnnouncedWheel | null, rules: WheelRules): void {
  const known = [...wheel.prizes, ...(next?.prizes ?? [])]
  for (const { prize_id, prize_type, prize_value } of change.prizes) {
    const isKnown = known.some(
      (one) => one.prize_id === prize_id && one.prize_type === prize_type && one.prize_value === prize_value,
    )
    if (prize_type === 'points' && prize_value > rules.mostPoints && !isKnown)
      throw wrongField('prizes.prize_value', `积分奖品最多 ${rules.mostPoints} 积分`)
  }
  if (guaranteesNothing(change) && ![wheel, next].some((one) => one && guaranteesNothing(one)))
    throw wrongField('pity_prize_id', '保底奖品不能是谢谢参与')
  const costs = [wheel.prizes[0]?.cost_points, next?.cost_points]
  if (change.cost_points < 1 && !costs.includes(change.cost_points))
    throw wrongField('cost_points', '每次抽奖至少消耗 1 积分')
}

function guaranteesNothing({ prizes, pity_prize_id }: Pick<WheelChange, 'prizes' | 'pity_prize_id'>): boolean {
  return prizes.some((prize) => prize.prize_id === pity_prize_id && isEmpty(prize))
}

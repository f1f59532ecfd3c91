import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { post } from '../points/post.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { issueVoucher } from '../vouchers/issue.ts'
import { countDraws, dayOf, drawsOn, pityOf } from './pity.ts'
import { lotteryPity, lotteryRecords, prizeStocks } from './schema.ts'
import { drawTypeNames } from './sentences.ts'
import {
  type DrawType,
  drawCounts,
  isNearMiss,
  isOpen,
  isPityDue,
  nextPity,
  type Prize,
  pick,
  type Wheel,
} from './wheel.ts'
import { wheelMapping } from './wheel-mapping.ts'
import type { DrawAnswer } from './wire.ts'

export interface Draw {
  userId: number
  drawType: DrawType
  drawId: string
  /** One uniform integer in [0, 10000) a draw. */
  rolls: readonly number[]
  /** One unused voucher code a draw. */
  codes: readonly string[]
  /** The business day. */
  day: string
  rules: { dailyLimit: number; pityLimit: number; voucherTtlDays: number }
}

type DrawResult = DrawAnswer['results'][number]

/** One request is one atom: cost, all draws, awards, vouchers, records and the pity counter, or nothing. */
export const draw: Operation<Draw, DrawAnswer, Push> = {
  name: 'draw',
  owner: ({ userId }) => userId,
  needs: ({ userId }) => [
    rows(users, userId),
    rows(lotteryPity, userId),
    rows(wheelMapping, 1),
    { mapping: prizeStocks, keys: (unit) => limitedPrizes(unit.find(wheelMapping, [1])?.wheel) },
  ],
  decide(unit, input) {
    const wheel = requireOpen(unit)
    const count = drawCounts[input.drawType]
    const user = unit.get(users, [input.userId])
    const pity = pityOf(unit, input.userId)
    const day = dayOf(pity, input.day)
    requireWithinLimit(drawsOn(pity, day), count, input.rules.dailyLimit)

    const price = wheel.prizes[0]?.cost_points ?? 0
    const typeName = drawTypeNames[input.drawType]
    let balance = user.total_points
    if (price > 0) balance = post(unit, user, entry(input, -price * count, `${typeName}消耗积分`), 3002)
    const outcome = turn(unit, wheel, input, pity.current_count)
    const won = outcome.results.reduce((sum, result) => sum + result.points_awarded, 0)
    if (won > 0) balance = post(unit, user, entry(input, won, `${typeName}获得积分`))
    const draws_today = countDraws(unit, pity, day, count, outcome.pityCount)

    return {
      draw_id: input.drawId,
      draw_type: input.drawType,
      count,
      results: outcome.results,
      total_cost: price * count,
      points_awarded: won,
      remaining_points: balance,
      user_pity: pityView(outcome.pityCount, input.rules.pityLimit, wheel.pity_prize_id),
      draws_today,
    }
  },
}

/** How far a user is from the guaranteed prize. */
export function pityView(count: number, limit: number, pityPrizeId: number): DrawAnswer['user_pity'] {
  const remaining = Math.max(limit - count, 1)
  return { current_count: count, pity_limit: limit, remaining_draws: remaining, pity_prize_id: pityPrizeId }
}

function requireOpen(unit: UnitOfWork<Push>): Wheel {
  const wheel = unit.find(wheelMapping, [1])?.wheel
  if (!wheel || !isOpen(wheel)) throw new Refusal(3001)
  return wheel
}

function requireWithinLimit(used: number, count: number, limit: number): void {
  if (limit > 0 && used + count > limit) throw new Refusal(3003, { limit, used })
}

/** Turns the wheel once a roll; the pity counter runs through all draws of the request. */
function turn(unit: UnitOfWork<Push>, wheel: Wheel, input: Draw, pityCount: number) {
  const results: DrawResult[] = []
  for (const [index, roll] of input.rolls.entries()) {
    const isPity = isPityDue(pityCount, input.rules.pityLimit)
    const hit = isPity ? pityPrize(wheel) : pick(wheel.prizes, roll)
    const prize = isPity ? hit : takePrize(unit, wheel, hit)
    pityCount = nextPity(pityCount, prize.prize_id === wheel.pity_prize_id)
    const nearMiss = !isPity && isNearMiss(wheel.prizes, roll)
    results.push(award(unit, input, prize, { index, isPity, nearMiss }))
    record(unit, input, wheel, prize, { index, roll: isPity ? null : roll, isPity, nearMiss })
  }
  return { results, pityCount }
}

function pityPrize(wheel: Wheel): Prize {
  return wheel.prizes.find((prize) => prize.prize_id === wheel.pity_prize_id) as Prize
}

/** Takes one of a limited prize; one that has run out falls to the empty prize. The pity prize is never limited. */
function takePrize(unit: UnitOfWork<Push>, wheel: Wheel, prize: Prize): Prize {
  if (!isLimited(prize, wheel.pity_prize_id)) return prize
  const stock = unit.get(prizeStocks, [prize.prize_id])
  const left = stock.stock_remaining ?? 0
  if (left === 0) return wheel.prizes.find((other) => other.prize_type === 'empty') as Prize
  unit.update(prizeStocks, stock, { stock_remaining: left - 1, updated_at: unit.now })
  return prize
}

function isLimited(prize: Prize, pityPrizeId: number): boolean {
  return prize.stock_remaining !== null && prize.prize_id !== pityPrizeId
}

function limitedPrizes(wheel: Wheel | undefined): [number][] {
  const limited = wheel?.prizes.filter((prize) => isLimited(prize, wheel.pity_prize_id)) ?? []
  return limited.map((prize) => [prize.prize_id])
}

function award(
  unit: UnitOfWork<Push>,
  input: Draw,
  prize: Prize,
  draw: { index: number; isPity: boolean; nearMiss: boolean },
): DrawResult {
  const isVoucher = prize.prize_type === 'coupon' || prize.prize_type === 'physical'
  return {
    draw_sequence: draw.index + 1,
    prize_id: prize.prize_id,
    prize_name: prize.prize_name,
    prize_type: prize.prize_type,
    prize_value: prize.prize_value,
    angle: prize.angle,
    color: prize.color,
    is_activity: prize.is_activity,
    is_near_miss: draw.nearMiss,
    is_pity: draw.isPity,
    points_awarded: pointsOf(prize),
    voucher: isVoucher
      ? issueVoucher(unit, {
          code: input.codes[draw.index] ?? '',
          kind: 'prize',
          user_id: input.userId,
          source_id: `${input.drawId}-${draw.index + 1}`,
          title: prize.prize_name,
          quantity: 1,
          ttlDays: input.rules.voucherTtlDays,
        })
      : null,
  }
}

function pointsOf(prize: Prize): number {
  return prize.prize_type === 'points' ? Math.trunc(prize.prize_value) : 0
}

function record(
  unit: UnitOfWork<Push>,
  input: Draw,
  wheel: Wheel,
  prize: Prize,
  draw: { index: number; roll: number | null; isPity: boolean; nearMiss: boolean },
): void {
  unit.append(lotteryRecords, {
    draw_id: input.drawId,
    draw_sequence: draw.index + 1,
    user_id: input.userId,
    prize_id: prize.prize_id,
    prize_name: prize.prize_name,
    prize_type: prize.prize_type,
    prize_value: prize.prize_value,
    draw_type: input.drawType,
    points_cost: prize.cost_points,
    points_awarded: pointsOf(prize),
    is_near_miss: draw.nearMiss,
    is_pity: draw.isPity,
    roll: draw.roll,
    wheel_version: wheel.version,
    created_at: unit.now,
  })
}

function entry(input: Draw, points: number, description: string) {
  return { points, source: 'lottery' as const, related_id: input.drawId, description }
}

import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { post } from '../points/post.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { issueVoucher } from '../vouchers/issue.ts'
import { drawSourceId } from '../vouchers/source.ts'
import { type Chance, type ChanceInput, chanceOf, keepTurns, rollFor, type TurnFacts } from './chance.ts'
import { type DrawType, drawTypeRules } from './draw-types.ts'
import { countDraws, drawDayOf, drawsOn, findOrCreatePity, type Pity, pityView } from './pity.ts'
import { isPityDue, nextPity } from './pity-rule.ts'
import { openSteps, takeOne } from './prize-stock.ts'
import { isLimited, type Prize, prizeRules } from './prizes.ts'
import { lotteryPity, lotteryPrizes, lotteryRecords, onlyWheel } from './schema.ts'
import { emptyPrizeOf, isOpen, land, pityPrizeOf, type Wheel } from './wheel.ts'
import { wheelInForce } from './wheel-in-force.ts'
import { committedWheel, type ReadyWheel, requireSamePrize } from './wheel-mapping.ts'
import type { DrawAnswer } from './wire.ts'

export interface Draw extends ChanceInput {
  drawType: DrawType
  /** One unused voucher code for each turn. */
  codes: readonly string[]
  /** The business day. */
  day: string
  settings: {
    voucherTtl_days: number
    /** Whether those may draw who have a role. */
    staffDraws: boolean
  }
}

type DrawResult = DrawAnswer['results'][number]

/**
 * Takes 1 to 10 turns of the wheel, all or nothing: cost, awards, vouchers, records and the pity counter change together.
 */
export const draw: Operation<Draw, DrawAnswer, Push> = {
  name: 'draw',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [
    rows(users, userId),
    rows(lotteryPity, userId),
    rows(committedWheel, onlyWheel),
    { mapping: lotteryPrizes, keys: (unit) => limitedPrizes(unit.find(committedWheel, [onlyWheel])?.wheel) },
  ],
  decide(unit, input) {
    const held = requireOpen(unit)
    const { wheel, rules } = held
    const chance = chanceOf(held, input)
    const { count, name } = drawTypeRules[input.drawType]
    const user = unit.get(users, [input.userId])
    if (user.is_merchant && !input.settings.staffDraws) throw new Refusal(3005)
    const pity = findOrCreatePity(unit, input.userId)
    const day = drawDayOf(pity, chance.fair?.epoch.business_day ?? input.day)
    requireWithinLimit(drawsOn(pity, day), count, rules.dailyLimit)

    const price = wheel.prizes[0]?.cost_points ?? 0
    let balance = user.total_points
    if (price > 0) balance = post(unit, user, ledgerEntry(input, -price * count, `${name}消耗积分`), 3002)
    const outcome = takeTurns(unit, held, input, { chance, pity })
    const won = outcome.results.reduce((sum, result) => sum + result.points_awarded, 0)
    if (won > 0) balance = post(unit, user, ledgerEntry(input, won, `${name}获得积分`))
    const kept = { pity, chance, wheelVersion: wheel.version }
    const receipt = keepTurns(unit, input, kept, outcome.facts)
    const draws_today = countDraws(unit, pity, day, count, outcome.pityCount)

    return {
      draw_id: input.drawId,
      draw_type: input.drawType,
      count,
      results: outcome.results,
      total_cost: price * count,
      points_awarded: won,
      remaining_points: balance,
      user_pity: pityView(outcome.pityCount, rules.pityLimit, wheel.pity_prize_id),
      draws_today,
      receipt,
    }
  },
}

function requireOpen(unit: UnitOfWork<Push>): ReadyWheel {
  const held = wheelInForce(unit)
  if (!isOpen(held.wheel) || held.isHalted) throw new Refusal(3001)
  return held
}

function requireWithinLimit(used: number, count: number, limit: number): void {
  if (limit > 0 && used + count > limit) throw new Refusal(3003, { limit, used })
}

/** One turn of the wheel. */
interface Turn {
  index: number
  prize: Prize
  /** The random number; null on a pity turn, which has none. */
  roll: number | null
  isNearMiss: boolean
  /** True when it takes one from the prize's stock. */
  tookStock: boolean
  /** What was left of a limited prize that was hit; else null. */
  stockBefore: number | null
  /** The last step of its stock before that. */
  stockLeaf: string | null
}

/** Of a turn that hit no limited prize. */
const untouched = { tookStock: false, stockBefore: null, stockLeaf: null }

/** Takes the turns of a draw. The pity counter goes on from turn to turn. */
function takeTurns(
  unit: UnitOfWork<Push>,
  held: ReadyWheel,
  input: Draw,
  { chance, pity }: { chance: Chance; pity: Readonly<Pity> },
) {
  const { wheel, rules } = held
  const results: DrawResult[] = []
  const facts: TurnFacts[] = []
  let pityCount = pity.current_count
  for (const index of input.rolls.keys()) {
    const turned = takeTurn(unit, held, isPityDue(pityCount, rules.pityLimit), () =>
      rollFor(chance, input, pity.draw_no + index + 1, index),
    )
    const turn = { index, ...turned }
    facts.push(factsOf(turn, pityCount))
    pityCount = nextPity(pityCount, turn.prize.prize_id === wheel.pity_prize_id)
    results.push(award(unit, input, turn))
    record(unit, input, wheel, turn)
  }
  return { results, pityCount, facts }
}

function takeTurn(unit: UnitOfWork<Push>, held: ReadyWheel, isDue: boolean, rolled: () => number): Omit<Turn, 'index'> {
  if (isDue) return { prize: pityPrizeOf(held.wheel), roll: null, isNearMiss: false, ...untouched }
  const roll = rolled()
  return { roll, ...takeLanding(unit, held, roll) }
}

function factsOf({ prize, roll, isNearMiss, stockBefore, stockLeaf }: Turn, pity_before: number): TurnFacts {
  return {
    pity_before,
    roll,
    prize_id: prize.prize_id,
    is_near_miss: isNearMiss,
    fell_through: stockBefore === 0,
    stock_before: stockBefore,
    stock_leaf: stockLeaf,
    points_awarded: prizeRules[prize.prize_type].points(prize),
  }
}

/**
 * Finds the prize of a roll, and takes one from its stock if it is limited. Without stock, the empty prize replaces it.
 */
function takeLanding(unit: UnitOfWork<Push>, { wheel, rules }: ReadyWheel, roll: number): Omit<Turn, 'index' | 'roll'> {
  const landing = { ...land(wheel.prizes, roll, rules.nearMissWidth), ...untouched }
  if (!isLimited(landing.prize, wheel.pity_prize_id)) return landing
  const stock = unit.get(lotteryPrizes, [landing.prize.prize_id])
  requireSamePrize(landing.prize, stock)
  const left = stock.stock_remaining ?? 0
  // Before its last leaf is read: this may write its first step.
  openSteps(unit, stock)
  const before = { stockBefore: left, stockLeaf: stock.stock_leaf }
  if (left === 0) return { ...landing, ...before, prize: emptyPrizeOf(wheel) }
  takeOne(unit, stock)
  return { ...landing, ...before, tookStock: true }
}

function limitedPrizes(wheel: Wheel | undefined): [number][] {
  const limited = wheel?.prizes.filter((prize) => isLimited(prize, wheel.pity_prize_id)) ?? []
  return limited.map((prize) => [prize.prize_id])
}

function award(unit: UnitOfWork<Push>, input: Draw, { index, prize, roll, isNearMiss }: Turn): DrawResult {
  const { points, hasVoucher } = prizeRules[prize.prize_type]
  const draw_sequence = index + 1
  return {
    draw_sequence,
    prize_id: prize.prize_id,
    prize_name: prize.prize_name,
    prize_type: prize.prize_type,
    prize_value: prize.prize_value,
    angle: prize.angle,
    color: prize.color,
    is_activity: prize.is_activity,
    is_near_miss: isNearMiss,
    is_pity: roll === null,
    points_awarded: points(prize),
    voucher: hasVoucher
      ? issueVoucher(unit, {
          code: input.codes[index] ?? '',
          kind: 'prize',
          user_id: input.userId,
          source_id: drawSourceId(input.drawId, draw_sequence),
          title: prize.prize_name,
          quantity: 1,
          ttl_days: input.settings.voucherTtl_days,
        })
      : null,
  }
}

function record(unit: UnitOfWork<Push>, input: Draw, wheel: Wheel, turn: Turn): void {
  const { index, prize, roll, isNearMiss, tookStock } = turn
  unit.append(lotteryRecords, {
    draw_id: input.drawId,
    draw_sequence: index + 1,
    user_id: input.userId,
    prize_id: prize.prize_id,
    prize_name: prize.prize_name,
    prize_type: prize.prize_type,
    prize_value: prize.prize_value,
    draw_type: input.drawType,
    points_cost: prize.cost_points,
    points_awarded: prizeRules[prize.prize_type].points(prize),
    is_near_miss: isNearMiss,
    is_pity: roll === null,
    roll,
    wheel_version: wheel.version,
    created_at: unit.now,
    took_stock: tookStock,
  })
}

function ledgerEntry(input: Draw, points: number, description: string) {
  return { points, source: 'lottery' as const, related_id: input.drawId, description }
}

import { z } from 'zod'
import { line, pagination, rowId, timestamp } from '../../contract/wire.ts'
import { mostPrizePoints, prizeRules } from '../../lottery/prizes.ts'
import { prizeTypes } from '../../lottery/schema.ts'
import { oddsSum } from '../../lottery/wheel.ts'
import { changedBy, shownPrize } from '../../lottery/wire.ts'

const angles = [0, 45, 90, 135, 180, 225, 270, 315] as const
const angle = z.literal(angles)
const color = z.string().regex(/^#[0-9A-F]{6}$/, '应为 #RRGGBB 大写')
const prizeType = z.enum(prizeTypes)

/** A probability with at most four decimals, as a number or its text. It is parsed into ten-thousandths. */
const probability = z.union([z.number(), z.string().max(8)]).transform((value, context) => {
  const [, whole = '', decimals = ''] = /^([01])(?:\.(\d{1,4})\d*)?$/.exec(String(value)) ?? []
  const tenThousandths = Number(whole) * oddsSum + Number(decimals.padEnd(4, '0'))
  const isExact = /^[01](\.\d{1,4}0*)?$/.test(String(value))
  if (isExact && tenThousandths <= oddsSum) return tenThousandths
  context.issues.push({ code: 'custom', message: '应在 0 到 1 之间，最多四位小数', input: value })
  return z.NEVER
})

/** The largest stock that a prize may have. */
export const mostStock = 999_999_999

const price = z.int().min(0).max(mostPrizePoints)

const prize = z
  .object({
    /** Which prize of the wheel this is. When it is left out: the prize at this angle. */
    prize_id: rowId.optional(),
    prize_name: line(100).min(1),
    prize_type: prizeType,
    prize_value: z.number().min(0).max(99_999_999).multipleOf(0.01).default(0),
    angle,
    color,
    probability,
    is_activity: z.boolean().default(false),
    /** The price of a draw. All prizes that have it must have the same. */
    cost_points: price.optional(),
    /** What is there of a new prize, and null: unlimited. The stock of a prize that stays is a call of its own. */
    stock_remaining: z.int().min(0).max(mostStock).nullable().optional(),
  })
  .refine(({ prize_type, prize_value }) => prizeRules[prize_type].allowsValue(prize_value), {
    path: ['prize_value'],
    message: '积分奖品应为整数积分',
  })

/** The whole wheel. When `cost_points` or the pity prize is left out, it stays as it is. */
export const wheelBody = z
  .object({
    prizes: z.array(prize).length(angles.length, '转盘应有八个奖品'),
    cost_points: price.optional(),
    pity_prize_id: z.int().min(1).optional(),
  })
  .refine(({ prizes }) => new Set(prizes.map((one) => one.angle)).size === angles.length, {
    path: ['prizes', 'angle'],
    message: '角度应为 0 到 315 的八个扇区，各一个',
  })
  .refine(({ prizes }) => prizes.reduce((sum, one) => sum + one.probability, 0) === oddsSum, {
    path: ['prizes', 'probability'],
    message: '概率之和应为 1.0000',
  })
  .refine(({ prizes }) => prizes.some((one) => !prizeRules[one.prize_type].isWin), {
    path: ['prizes', 'prize_type'],
    message: '至少应有一个谢谢参与',
  })
  .refine(({ prizes, cost_points }) => cost_points !== undefined || pricesOf(prizes).length <= 1, {
    path: ['prizes', 'cost_points'],
    message: '各奖品的消耗积分应相同',
  })
  .transform(({ prizes, cost_points, ...wheel }) => ({
    ...wheel,
    cost_points: cost_points ?? pricesOf(prizes)[0],
    prizes: prizes.map(({ cost_points: _, ...one }) => one),
  }))
export type WheelBody = z.output<typeof wheelBody>

const wheelFields = z.object({
  version: z.int(),
  cost_points: z.int(),
  pity_prize_id: z.int(),
  prizes: z.array(shownPrize.extend({ angle })),
})
export type WheelFields = z.output<typeof wheelFields>

const nextWheel = wheelFields.extend({ effective_from: timestamp })
export type NextWheel = z.output<typeof nextWheel>

/** The wheel in force: its fields stand at the top as well, where older consoles read them. */
export const wheelAnswer = wheelFields.extend({
  /** Since when staff keep the wheel closed; null while it is open. */
  closed_at: timestamp.nullable(),
  current: wheelFields,
  /** What is announced; null when nothing is. */
  next: nextWheel.nullable(),
})
export type WheelAnswer = z.output<typeof wheelAnswer>

/** At the top stands the wheel as it was saved, and from when it is in force. */
export const wheelSaved = wheelAnswer.extend({ effective_from: timestamp })
export type WheelSaved = z.output<typeof wheelSaved>

const reason = line(200).default('')

export const closeBody = z.object({ reason })

export const closedAnswer = z.object({ closed: z.boolean(), closed_at: timestamp.nullable() })
export type ClosedAnswer = z.output<typeof closedAnswer>

/** Pieces in or out, or that the prize is unlimited from now on. */
export const prizeStockBody = z
  .object({
    change: z
      .int()
      .min(-mostStock)
      .max(mostStock)
      .refine((pieces) => pieces !== 0, '不能为 0')
      .optional(),
    unlimited: z.literal(true).optional(),
    reason,
  })
  .refine(({ change, unlimited }) => (change === undefined) !== (unlimited === undefined), {
    path: ['change'],
    message: '请填写增减数量，或设为不限量',
  })

export const prizeStock = z.object({ prize_id: z.int(), stock_remaining: z.int().nullable() })
export type PrizeStock = z.output<typeof prizeStock>

const sums = z.object({
  total_draws: z.int(),
  total_cost: z.int(),
  total_points_awarded: z.int(),
  pity_draws: z.int(),
})

/** `observed` leaves out pity draws, which don't follow the odds. */
const prizeFigures = z.object({
  prize_id: z.int(),
  prize_name: z.string(),
  prize_type: prizeType,
  draws: z.int(),
  cost: z.int(),
  points_awarded: z.int(),
  /** Null for a version that an earlier program set: it kept no odds of past wheels. */
  declared: z.number().nullable(),
  observed: z.number().nullable(),
})

/** The draws of one version, with the odds that were in force. */
const versionFigures = sums.extend({
  version: z.int(),
  /** Null for a version that an earlier program set. */
  effective_from: timestamp.nullable(),
  changed_by: changedBy,
  /** How likely these draws are under the declared odds, pity draws left out; null while nobody can say. */
  p_value: z.number().nullable(),
  prizes: z.array(prizeFigures),
})
export type VersionFigures = z.output<typeof versionFigures>

/**
 * The sums cover all versions, `prizes` the one in force. `versions` are those that were drawn from, and the one in
 * force, newest first.
 */
export const lotteryStats = sums.extend({
  version: z.int(),
  prizes: z.array(prizeFigures),
  versions: z.array(versionFigures),
  /** Diners whose draws deviate from the odds more than they should among so many; as of last night. */
  standing_out: z.array(
    z.object({
      user_id: z.int(),
      draws: z.int(),
      /** Multiplied by the number of diners that were tested. */
      p_value: z.number(),
      found_at: timestamp,
    }),
  ),
  pagination,
})
export type LotteryStats = z.output<typeof lotteryStats>

/** The different prices among the prizes. */
function pricesOf(prizes: readonly { cost_points?: number | undefined }[]): number[] {
  return [...new Set(prizes.flatMap(({ cost_points }) => cost_points ?? []))]
}

import { z } from 'zod'
import { asciiId, pageQuery, pagination, timestamp } from '../contract/wire.ts'
import { roles } from '../staff/roles.ts'
import { openFairness, receipt } from './fair-wire.ts'
import { drawTypes, prizeTypes } from './schema.ts'

const prizeType = z.enum(prizeTypes)
const drawType = z.enum(drawTypes)

const userPity = z.object({
  current_count: z.int(),
  pity_limit: z.int(),
  remaining_draws: z.int(),
  pity_prize_id: z.int(),
})

/** `draw_type` has four values, and two short names for the last two. */
const askedType = z
  .enum([...drawTypes, 'five', 'ten'])
  .transform((type) => (type === 'five' ? 'quintuple' : type === 'ten' ? 'decade' : type))

export const drawBody = z.object({
  draw_type: askedType,
  /** The caller's part in the chance: 1-64 visible ASCII characters. Without it, the idempotency key is it. */
  client_seed: z.string().optional(),
})

const sector = z.object({
  prize_id: z.int(),
  prize_name: z.string(),
  prize_type: prizeType,
  prize_value: z.number(),
  angle: z.int(),
  color: z.string(),
  is_activity: z.boolean(),
})

/** The voucher that a turn won; null when it won none. */
const wonVoucher = z.object({ code: z.string(), expires_at: timestamp }).nullable()

export const drawIdParam = z.object({ draw_id: asciiId })

export const drawAnswer = z.object({
  draw_id: z.string(),
  draw_type: drawType,
  count: z.int(),
  results: z.array(
    sector.extend({
      draw_sequence: z.int(),
      is_near_miss: z.boolean(),
      is_pity: z.boolean(),
      points_awarded: z.int(),
      voucher: wonVoucher,
    }),
  ),
  total_cost: z.int(),
  points_awarded: z.int(),
  remaining_points: z.int(),
  user_pity: userPity,
  draws_today: z.int(),
  /** Null when the draw can't be proven. */
  receipt: receipt.nullable(),
})
export type DrawAnswer = z.output<typeof drawAnswer>

/** A prize as diners and the wheel's editors see it. */
export const shownPrize = sector.extend({
  probability: z.number(),
  stock_remaining: z.int().nullable(),
})

/** Who changed the wheel: a role, or `system` for a command or a setting. Null: a program of an earlier version. */
export const changedBy = z.enum([...roles, 'system']).nullable()

/** A whole wheel with its odds, and the instant from which it is in force. */
const datedWheel = z.object({
  version: z.int(),
  effective_from: timestamp,
  changed_by: changedBy,
  cost_points: z.int(),
  pity_prize_id: z.int(),
  prizes: z.array(sector.extend({ probability: z.number() })),
})
export type DatedWheel = z.output<typeof datedWheel>

export const wheelsAnswer = z.object({
  /** Every version that is or was in force, newest first, with the limits then. */
  wheels: z.array(
    datedWheel.extend({
      daily_limit: z.int(),
      pity_limit: z.int(),
      near_miss_width: z.number(),
      created_at: timestamp,
    }),
  ),
  next_change: datedWheel.nullable(),
  pagination,
})

export const configAnswer = z.object({
  prizes: z.array(
    shownPrize.extend({
      cost_points: z.int(),
      sold_out: z.boolean(),
      /** The share of all turns in the long run, with the guarantee counted in and stock left out. */
      effective_probability: z.number(),
    }),
  ),
  cost_points: z.int(),
  daily_limit: z.int(),
  draws_today: z.int(),
  draw_types: z.array(z.object({ type: drawType, count: z.int(), cost: z.int() })),
  user_pity: userPity,
  /** The wheel that is announced; null when none is. */
  next_change: datedWheel.nullable(),
  /** Null where draws can't be proven. */
  fairness: openFairness,
})

export const recordsQuery = pageQuery.extend({ draw_type: askedType.optional(), prize_type: prizeType.optional() })

export const recordsAnswer = z.object({
  records: z.array(
    z.object({
      id: z.int(),
      draw_id: z.string(),
      draw_sequence: z.int(),
      prize_id: z.int(),
      prize_name: z.string(),
      prize_type: prizeType,
      prize_value: z.number(),
      draw_type: drawType,
      points_cost: z.int(),
      points_awarded: z.int(),
      is_near_miss: z.boolean(),
      is_pity: z.boolean(),
      voucher: wonVoucher,
      created_at: timestamp,
    }),
  ),
  pagination,
})

export const statisticsAnswer = z.object({
  total_draws: z.int(),
  total_cost: z.int(),
  total_points_won: z.int(),
  draw_type_stats: z.record(drawType, z.int()),
  prize_stats: z.array(z.object({ prize_id: z.int(), prize_name: z.string(), count: z.int() })),
  last_draw_time: timestamp.nullable(),
})

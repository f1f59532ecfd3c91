import { z } from 'zod'
import { timestamp } from '../contract/wire.ts'
import { stockStepOperations } from '../fairness/schema.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

const turn = z.object({
  draw_no: z.int(),
  pity_before: z.int(),
  roll: z.int().nullable(),
  prize_id: z.int(),
  fell_through: z.boolean(),
  is_near_miss: z.boolean(),
  points_awarded: z.int(),
  stock_before: z.int().nullable(),
  stock_leaf: hash.nullable(),
})

const path = z.array(hash)

const provenDraw = z.object({
  draw_id: z.string(),
  user_id: z.int(),
  chain_id: z.string().nullable(),
  epoch: z.int(),
  wheel_hash: hash,
  client_seed: z.string(),
  client_seed_source: z.enum(['field', 'key', 'none']),
  at_ms: z.int(),
  turns: z.array(turn),
  previous_leaf: hash.nullable(),
})

/** What the service promises of a draw, signed. */
export const receipt = provenDraw.extend({
  kind: z.literal('receipt'),
  version: z.literal(1),
  origin: z.string(),
  key: z.string(),
  commitment: hash,
  leaves: z.array(hash),
  checkpoint: z.object({ size: z.int(), root: hash }).nullable(),
  promise_s: z.int(),
  signed_with: z.object({ index: z.int(), count: z.int(), path }),
  signature: z.string(),
})

const place = z.object({
  leaf_index: z.int(),
  leaf_count: z.int(),
  leaf_path: path,
  log_index: z.int(),
  log_path: path,
})

const wheel = z.object({
  version: z.int(),
  pity_limit: z.int(),
  daily_limit: z.int(),
  cost_points: z.int(),
  pity_prize_id: z.int(),
  empty_prize_id: z.int(),
  near_miss_width: z.int(),
  prizes: z.array(
    z.object({
      prize_id: z.int(),
      prize_name: z.string(),
      prize_type: z.string(),
      value_hundredths: z.int(),
      angle: z.int(),
      probability: z.int(),
      is_activity: z.boolean(),
    }),
  ),
})

const epochOpening = z.object({
  chain_id: z.string(),
  epoch: z.int(),
  commitment: hash,
  wheel_hash: hash,
  pity_limit: z.int(),
  daily_limit: z.int(),
  cost_points: z.int(),
  near_miss_width: z.int(),
})

/** A change of what is left of a limited prize. */
const stockStep = z.object({
  prize_id: z.int(),
  seq: z.int(),
  operation: z.enum(stockStepOperations),
  quantity_change: z.int(),
  stock_after: z.int().nullable(),
  previous_leaf: hash.nullable(),
  at_ms: z.int(),
})

/** Everything that proves a draw; null for a draw that can't be proven. */
export const proofAnswer = z.object({
  proof: z
    .object({
      kind: z.literal('proof'),
      version: z.literal(1),
      origin: z.string(),
      key: z.string(),
      draw: provenDraw,
      places: z.array(place),
      epoch: epochOpening,
      epoch_place: place,
      wheels: z.array(wheel),
      history: z.array(provenDraw),
      stocks: z.array(z.object({ step: stockStep, place })),
      beginning: z.object({ user_id: z.int(), draw_no: z.int(), pity_count: z.int() }).nullable(),
      seed: hash.nullable(),
      checkpoint: z.string(),
    })
    .nullable(),
})

export const wheelAnswer = z.object({ wheel, wheel_hash: hash })

/** An epoch, with its seed once it is over. */
export const epochAnswer = epochOpening.extend({ wheel_version: z.int(), opened_at: timestamp, seed: hash.nullable() })

export const fairnessAnswer = z.object({
  origin: z.string(),
  key: z.string(),
  chains: z.array(z.object({ chain_id: z.string(), first_epoch: z.int(), announced_at: timestamp })),
  epochs: z.array(epochAnswer),
  checkpoint: z.string(),
})

/** The epoch that is open, as the wheel's page shows it; null where draws can't be proven. */
export const openFairness = z
  .object({ origin: z.string(), chain_id: z.string(), epoch: z.int(), commitment: hash })
  .nullable()

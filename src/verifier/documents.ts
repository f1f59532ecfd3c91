/**
 * What a diner gets of a draw. Hashes are in hex, signatures in base64, times in milliseconds since 1970. `verify.ts`
 * says what has to be true of them.
 */

/** One spin of the wheel. */
export interface Turn {
  /** Counts all turns of a diner, from 1 without a gap. */
  draw_no: number
  /** Turns without the guaranteed prize before this one. */
  pity_before: number
  /** 0-9999; null where the guaranteed prize was due, which needs none. */
  roll: number | null
  prize_id: number
  /** The prize that was hit had run out, so the empty prize replaced it. */
  fell_through: boolean
  is_near_miss: boolean
  points_awarded: number
  /** What was left of a limited prize that was hit, and the leaf of the last step of its stock; else null. */
  stock_before: number | null
  stock_leaf: string | null
}

/** What the turns of one request have in common. */
export interface Draw {
  draw_id: string
  user_id: number
  /** Null where no seed was configured: then nothing can be proven. */
  chain_id: string | null
  epoch: number
  wheel_hash: string
  /** The diner's part in the chance; empty when they took none. */
  client_seed: string
  client_seed_source: 'field' | 'key' | 'none'
  at_ms: number
  turns: Turn[]
  /** The leaf of the diner's turn before these; null when there was none. */
  previous_leaf: string | null
}

/** A change of what is left of a limited prize, by staff or by a draw that took one. */
export interface StockStep {
  prize_id: number
  /** Counts the steps of the prize, from 1 without a gap. */
  seq: number
  operation: string
  quantity_change: number
  /** What is left; null: unlimited. */
  stock_after: number | null
  /** The leaf of the step before it. */
  previous_leaf: string | null
  at_ms: number
}

export interface Receipt extends Draw {
  kind: 'receipt'
  version: 1
  /** The log's name, and the key that signs for it. */
  origin: string
  key: string
  commitment: string
  /** The leaf of each turn. */
  leaves: string[]
  /** The last checkpoint that the service knew. */
  checkpoint: { size: number; root: string } | null
  /** The leaves are in the log within this time. */
  promise_s: number
  /** Receipts are signed together: where this one is among them, and what leads from it to the root of their tree. */
  signed_with: { index: number; count: number; path: string[] }
  signature: string
}

/** Where a leaf is: in its commit, and its commit in the log. */
export interface LeafPlace {
  leaf_index: number
  leaf_count: number
  leaf_path: string[]
  log_index: number
  log_path: string[]
}

/** The wheel and its rules, as they were when it was turned. */
export interface WheelDocument {
  version: number
  pity_limit: number
  daily_limit: number
  cost_points: number
  pity_prize_id: number
  /** Replaces a prize that has run out. */
  empty_prize_id: number
  /** In ten-thousandths. */
  near_miss_width: number
  prizes: {
    prize_id: number
    prize_name: string
    prize_type: string
    /** In hundredths. */
    value_hundredths: number
    angle: number
    /** In ten-thousandths. */
    probability: number
    is_activity: boolean
  }[]
}

/** What an epoch's entry in the log says, before its first draw. */
export interface EpochOpening {
  chain_id: string
  epoch: number
  commitment: string
  wheel_hash: string
  pity_limit: number
  daily_limit: number
  cost_points: number
  near_miss_width: number
}

/** What the log says of an account older than the log, at its first draw after. */
export interface Beginning {
  user_id: number
  draw_no: number
  pity_count: number
}

export interface Proof {
  kind: 'proof'
  version: 1
  origin: string
  key: string
  draw: Draw
  places: LeafPlace[]
  epoch: EpochOpening
  epoch_place: LeafPlace
  /** The wheel of each turn, those of the history included. */
  wheels: WheelDocument[]
  /** The diner's turns back to the last guaranteed prize, or to their first; oldest first. */
  history: Draw[]
  beginning: Beginning | null
  /** The steps of prizes' stocks that the turns name, and where they are in the log. */
  stocks: { step: StockStep; place: LeafPlace }[]
  /** The epoch's seed; null until the epoch is over. */
  seed: string | null
  /** A signed checkpoint of C2SP tlog-checkpoint. */
  checkpoint: string
}

/** A text is a checkpoint that somebody kept, as it was published. */
export type Document = Receipt | Proof | string

import {
  bigint,
  boolean,
  double,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  primaryKey,
  smallint,
  tinyint,
  unique,
} from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { logStockStep } from './stock-steps.ts'
import { logTurn } from './turns.ts'

/** The id of the only row of `fair_epoch`. */
export const theEpoch = 1

/**
 * The epoch that is open. Every draw with a seed shares the lock of this row until its commit, and moving it takes the
 * row alone: once it has moved, no draw of the epoch before is under way, and that epoch's seed may be published.
 */
export const fairEpochTable = mysqlTable('fair_epoch', {
  epoch_id: tinyint().primaryKey(),
  /** Days since 1970 in the business time zone. */
  epoch: int().notNull(),
  business_day: asciiText({ length: 10 }).notNull(),
  /** Null: no chain may draw in it, and its draws are not proven. */
  chain_id: asciiText({ length: 16 }),
  wheel_version: int().notNull(),
  wheel_hash: hexBytes({ length: 32 }).notNull(),
  opened_at: instant().notNull(),
  /** When the next one is due, by the database's clock. */
  next_at: instant().notNull(),
})

/** Every epoch that a chain opened, as the log says it. One that got another wheel before anyone drew is there twice. */
export const fairEpochsTable = mysqlTable(
  'fair_epochs',
  {
    epoch: int().notNull(),
    wheel_version: int().notNull(),
    chain_id: asciiText({ length: 16 }).notNull(),
    commitment: hexBytes({ length: 32 }).notNull(),
    wheel_hash: hexBytes({ length: 32 }).notNull(),
    pity_limit: int().notNull(),
    daily_limit: int().notNull(),
    cost_points: int().notNull(),
    near_miss_width: int().notNull(),
    opened_at: instant().notNull(),
    /** Null until the epoch is over: it stays here when another chain takes over. */
    seed: hexBytes({ length: 32 }),
  },
  // An epoch is opened once with each wheel. Serves `readEpoch`, and `readFairness` the latest.
  (table) => [primaryKey({ columns: [table.epoch, table.wheel_version] })],
)

/** The chains of seeds, from when they are in the log. */
export const fairChainsTable = mysqlTable('fair_chains', {
  chain_id: asciiText({ length: 16 }).primaryKey(),
  /** The first epoch that it draws in. */
  first_epoch: int().notNull(),
  announced_at: instant().notNull(),
})

export const clientSeedSources = ['field', 'key', 'none'] as const

/** What the log says of each turn of the wheel. Rows are only added. */
export const drawTurnsTable = mysqlTable(
  'draw_turns',
  {
    user_id: int().notNull(),
    draw_no: bigint({ mode: 'number' }).notNull(),
    draw_id: asciiText({ length: 24 }).notNull(),
    epoch: int().notNull(),
    chain_id: asciiText({ length: 16 }),
    wheel_version: int().notNull(),
    wheel_hash: hexBytes({ length: 32 }).notNull(),
    client_seed: asciiText({ length: 64 }).notNull(),
    client_seed_source: mysqlEnum(clientSeedSources).notNull(),
    pity_before: int().notNull(),
    roll: smallint(),
    prize_id: int().notNull(),
    fell_through: boolean().notNull(),
    is_near_miss: boolean().notNull(),
    points_awarded: int().notNull(),
    stock_before: int(),
    stock_leaf: hexBytes({ length: 32 }),
    previous_leaf: hexBytes({ length: 32 }),
    created_at: instant().notNull(),
  },
  // A user's turns are numbered, and no number twice. Serves `proofOf` and `readHistory`: a draw, and what led to it.
  (table) => [primaryKey({ columns: [table.user_id, table.draw_no] })],
)

export const stockStepOperations = ['opening', 'adjust', 'replace', 'repair', 'draw'] as const

/**
 * Every step of a limited prize's stock, draws included. Each holds the leaf of the one before it, and the prize's row
 * that of the last one. An unlimited prize counts as 0. Rows are only added.
 */
export const prizeStockStepsTable = mysqlTable(
  'prize_stock_steps',
  {
    prize_id: int().notNull(),
    seq: int().notNull(),
    operation: mysqlEnum(stockStepOperations).notNull(),
    quantity_change: int().notNull(),
    /** Null: unlimited. */
    stock_after: int(),
    previous_leaf: hexBytes({ length: 32 }),
    leaf: hexBytes({ length: 32 }).notNull(),
    created_at: instant().notNull(),
  },
  (table) => [
    // A prize's steps are numbered. Serves `prizeLedger`, which sums them.
    primaryKey({ columns: [table.prize_id, table.seq] }),
    // Serves `proofOf`, which looks for the steps that a draw's turns name.
    unique('prize_stock_steps_leaf').on(table.leaf),
  ],
)

/** The diners whose draws deviated from the odds the most, when that was last looked at. */
export const oddsOutliersTable = mysqlTable(
  'odds_outliers',
  {
    user_id: int().primaryKey(),
    /** Turns that rolled. */
    draws: int().notNull(),
    /** Multiplied by the number of diners that were tested. */
    p_value: double().notNull(),
    found_at: instant().notNull(),
  },
  // `readOutliers`: the most unlikely first.
  (table) => [index('odds_outliers_p_value').on(table.p_value)],
)

export const fairEpoch = mapTable(fairEpochTable, {
  rank: lockOrder.fairEpoch,
  key: ['epoch_id'],
  lock: 'update',
  updates: ['epoch', 'business_day', 'chain_id', 'wheel_version', 'wheel_hash', 'opened_at', 'next_at'],
})

export const fairEpochs = mapTable(fairEpochsTable, {
  rank: lockOrder.journals,
  key: ['epoch', 'wheel_version'],
  lock: 'none',
  updates: [],
})

export const fairChains = mapTable(fairChainsTable, {
  rank: lockOrder.fairChains,
  key: ['chain_id'],
  lock: 'none',
  updates: [],
})

export const drawTurns = mapTable(drawTurnsTable, {
  rank: lockOrder.journals,
  key: ['user_id', 'draw_no'],
  lock: 'none',
  updates: [],
  logged: { leafOf: logTurn },
})

export const prizeStockSteps = mapTable(prizeStockStepsTable, {
  rank: lockOrder.journals,
  key: ['prize_id', 'seq'],
  lock: 'none',
  updates: [],
  logged: { leafOf: logStockStep },
})

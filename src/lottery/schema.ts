import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  decimal,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  primaryKey,
  smallint,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant, jsonText, tenThousandths, utcNow } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { roles } from '../staff/roles.ts'
import { mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'

export const prizeTypes = ['points', 'coupon', 'physical', 'empty'] as const
export const drawTypes = ['single', 'triple', 'quintuple', 'decade'] as const

/** The prizes of the wheel, one for each sector. In the program `probability` is in ten-thousandths. */
export const lotteryPrizesTable = mysqlTable(
  'lottery_prizes',
  {
    prize_id: int().autoincrement().primaryKey(),
    prize_name: varchar({ length: 100 }).notNull(),
    prize_type: mysqlEnum(prizeTypes).notNull(),
    prize_value: decimal({ precision: 10, scale: 2, mode: 'number' }).notNull().default(0),
    angle: smallint().notNull(),
    color: asciiText({ length: 7 }).notNull(),
    probability: tenThousandths().notNull(),
    is_activity: boolean().notNull().default(false),
    cost_points: int().notNull().default(100),
    stock_remaining: int(),
    /** The number and the leaf of the last step of its stock. */
    stock_seq: int().notNull().default(0),
    stock_leaf: hexBytes({ length: 32 }),
    status: mysqlEnum(['active', 'inactive']).notNull().default('active'),
    created_at: instant().notNull().default(utcNow),
    updated_at: instant().notNull().default(utcNow),
  },
  (table) => [
    // `lottery_prizes_status` serves `readWheel` and each draw, which read the active prizes. The others are for
    // operators' own queries. With eight rows they cost nothing.
    index('lottery_prizes_angle').on(table.angle),
    index('lottery_prizes_probability').on(table.probability),
    index('lottery_prizes_status').on(table.status),
    index('lottery_prizes_status_probability').on(table.status, table.probability),
    check('lottery_prizes_angle_is_a_sector', sql`angle BETWEEN 0 AND 315 AND angle % 45 = 0`),
    check('lottery_prizes_probability_is_one', sql`probability BETWEEN 0 AND 1`),
    check('lottery_prizes_color_is_hex', sql`color REGEXP '^#[0-9A-F]{6}$'`),
    check('lottery_prizes_stock_never_negative', sql`stock_remaining IS NULL OR stock_remaining >= 0`),
    check('lottery_prizes_cost_never_negative', sql`cost_points >= 0`),
  ],
)

/** The id of the only wheel. */
export const onlyWheel = 1

/**
 * The only wheel. Its version grows with every change of its prizes. Each draw records the version that it used, and
 * shares the lock of this row until its commit: it says which version is in force.
 */
export const lotteryWheelTable = mysqlTable('lottery_wheel', {
  wheel_id: int().primaryKey(),
  version: int().notNull(),
  pity_prize_id: int().notNull(),
  updated_at: instant().notNull(),
  /** Since when staff keep the wheel closed; null while it is open. */
  closed_at: instant(),
  /** The last number that a change got, in force or not. No number names two wheels. */
  last_version: int().notNull().default(0),
  /** The change that is announced, and the instant from which it is in force, by the database's clock. */
  next_from: instant(),
  next_wheel: jsonText(),
})

/** Every version that was ever in force, with its rules. Rows are only added. */
export const wheelVersionsTable = mysqlTable('wheel_versions', {
  version: int().primaryKey(),
  effective_from: instant().notNull(),
  cost_points: int().notNull(),
  daily_limit: int().notNull(),
  pity_limit: int().notNull(),
  pity_prize_id: int().notNull(),
  /** In ten-thousandths. */
  near_miss_width: smallint().notNull(),
  /** Null: a command, a setting, or a program of an earlier version. */
  made_by: int(),
  /** Null: a program of an earlier version, which did not say. */
  made_role: mysqlEnum([...roles, 'system']),
  created_at: instant().notNull(),
})

/** The eight prizes of each version. Rows are only added. */
export const wheelVersionPrizesTable = mysqlTable(
  'wheel_version_prizes',
  {
    version: int()
      .notNull()
      .references(() => wheelVersionsTable.version),
    angle: smallint().notNull(),
    prize_id: int().notNull(),
    prize_name: varchar({ length: 100 }).notNull(),
    prize_type: mysqlEnum(prizeTypes).notNull(),
    prize_value: decimal({ precision: 10, scale: 2, mode: 'number' }).notNull(),
    color: asciiText({ length: 7 }).notNull(),
    probability: tenThousandths().notNull(),
    is_activity: boolean().notNull(),
  },
  // `withPrizes`: the prizes of some versions.
  (table) => [primaryKey({ columns: [table.version, table.angle] })],
)

/**
 * Every change of a prize's stock but by a draw. A draw that takes one says so in its own row. An unlimited prize counts
 * as 0 here. Rows are only added.
 */
export const prizeMovementsTable = mysqlTable(
  'prize_movements',
  {
    movement_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    prize_id: int()
      .notNull()
      .references(() => lotteryPrizesTable.prize_id),
    quantity_change: int().notNull(),
    operation: mysqlEnum(['opening', 'adjust', 'replace', 'repair']).notNull(),
    wheel_version: int().notNull(),
    /** The last draw before it. What a program of an earlier version drew after it counts as taken from the stock. */
    last_record_id: bigint({ mode: 'number' }).notNull(),
    created_at: instant().notNull(),
  },
  // `reconcile`: the sum of a prize's movements, from the index alone. Serves the prize's foreign key.
  (table) => [index('prize_movements_prize').on(table.prize_id, table.quantity_change)],
)

/** For each user: turns in a row without the pity prize, and the turns of one business day. */
export const lotteryPityTable = mysqlTable(
  'lottery_pity',
  {
    user_id: int()
      .primaryKey()
      .references(() => usersTable.user_id),
    current_count: int().notNull(),
    draws_day: asciiText({ length: 10 }).notNull(),
    draws_today: int().notNull(),
    /** All turns ever, and the log's leaf of the last one. */
    draw_no: bigint({ mode: 'number' }).notNull().default(0),
    last_leaf: hexBytes({ length: 32 }),
    updated_at: instant().notNull(),
  },
  () => [check('lottery_pity_never_negative', sql`current_count >= 0 AND draws_today >= 0`)],
)

/** One row for each turn of a draw, with the prize as it was at that moment. */
export const lotteryRecordsTable = mysqlTable(
  'lottery_records',
  {
    record_id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
    draw_id: asciiText({ length: 24 }).notNull(),
    draw_sequence: smallint().notNull(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    prize_id: int()
      .notNull()
      .references(() => lotteryPrizesTable.prize_id),
    prize_name: varchar({ length: 100 }).notNull(),
    prize_type: mysqlEnum(prizeTypes).notNull(),
    prize_value: decimal({ precision: 10, scale: 2, mode: 'number' }).notNull(),
    draw_type: mysqlEnum(drawTypes).notNull(),
    points_cost: int().notNull(),
    points_awarded: int().notNull(),
    is_near_miss: boolean().notNull(),
    is_pity: boolean().notNull(),
    /** The random number, 0-9999; null on a pity turn, which has none. */
    roll: smallint(),
    wheel_version: int().notNull(),
    created_at: instant().notNull(),
    /** Whether it took one from the stock of a limited prize; null when a program of an earlier version wrote it. */
    took_stock: boolean(),
  },
  (table) => [
    // One row for each turn of a draw. Serves `reconcile`, which looks up the draw of a ledger row.
    unique('lottery_records_draw').on(table.draw_id, table.draw_sequence),
    // `readDrawRecords`, newest first without a sort; `readDrawStatistics`, `countWonDraws`, `countActivities`.
    index('lottery_records_user').on(table.user_id, table.record_id),
    // `readMerchantStatistics`: draws and their costs by day, from the index alone. Without it each call reads every
    // draw.
    index('lottery_records_created_at').on(table.created_at, table.points_cost),
    // `readLotteryStats`: the draws of some versions by prize, from the index alone. Without it each call reads every
    // draw. Serves the prize's foreign key.
    index('lottery_records_prize').on(
      table.prize_id,
      table.wheel_version,
      table.is_pity,
      table.points_cost,
      table.points_awarded,
    ),
  ],
)

export const lotteryPity = mapTable(lotteryPityTable, {
  rank: lockOrder.pity,
  key: ['user_id'],
  lock: 'update',
  updates: ['current_count', 'draws_day', 'draws_today', 'draw_no', 'last_leaf', 'updated_at'],
})

/** The wheel's row, for changing the wheel: whoever loads it has the wheel to itself. */
export const wheelRow = mapTable(lotteryWheelTable, {
  rank: lockOrder.wheelRow,
  key: ['wheel_id'],
  lock: 'update',
  updates: ['version', 'pity_prize_id', 'updated_at', 'closed_at', 'last_version', 'next_from', 'next_wheel'],
})

/** A change of the wheel locks all prizes. A draw locks only limited ones: it changes nothing but their stock. */
export const lotteryPrizes = mapTable(lotteryPrizesTable, {
  rank: lockOrder.prizes,
  key: ['prize_id'],
  lock: 'update',
  updates: [
    'prize_name',
    'prize_type',
    'prize_value',
    'angle',
    'color',
    'probability',
    'is_activity',
    'cost_points',
    'stock_remaining',
    'stock_seq',
    'stock_leaf',
    'updated_at',
  ],
})

export const lotteryRecords = mapTable(lotteryRecordsTable, {
  rank: lockOrder.journals,
  key: ['record_id'],
  lock: 'none',
  updates: [],
})

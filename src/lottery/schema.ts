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
  smallint,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core'
import { asciiText, instant, tenThousandths, utcNow } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
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

/** The only wheel. Its version grows with every change of its prizes. Each draw records the version that it used. */
export const lotteryWheelTable = mysqlTable('lottery_wheel', {
  wheel_id: int().primaryKey(),
  version: int().notNull(),
  pity_prize_id: int().notNull(),
  updated_at: instant().notNull(),
})

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
  },
  (table) => [
    // One row for each turn of a draw. Serves `reconcile`, which looks up the draw of a ledger row.
    unique('lottery_records_draw').on(table.draw_id, table.draw_sequence),
    // `readDrawRecords`, newest first without a sort; `readDrawStatistics`, `countWonDraws`, `countActivities`.
    index('lottery_records_user').on(table.user_id, table.record_id),
    // `readMerchantStatistics`: draws and their costs by day, from the index alone. Without it each call reads every
    // draw.
    index('lottery_records_created_at').on(table.created_at, table.points_cost),
    // `readLotteryStats`: the present wheel's draws by prize, from the index alone. Without it each call reads every
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
  updates: ['current_count', 'draws_day', 'draws_today', 'updated_at'],
})

/** The wheel's row, for changing the wheel: whoever loads it has the wheel to itself. */
export const wheelRow = mapTable(lotteryWheelTable, {
  rank: lockOrder.wheelRow,
  key: ['wheel_id'],
  lock: 'update',
  updates: ['version', 'pity_prize_id', 'updated_at'],
})

/**
 * A change of the wheel locks all prizes. A draw locks only limited ones, because it changes nothing but their stock.
 */
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
    'updated_at',
  ],
})

export const lotteryRecords = mapTable(lotteryRecordsTable, {
  rank: lockOrder.journals,
  key: ['record_id'],
  lock: 'none',
  updates: [],
})

import { DataTypes, Sequelize } from 'sequelize'

const url = new URL(process.env.DATABASE_URL)

export const sequelize = new Sequelize(url.pathname.slice(1), url.username, url.password, {
  dialect: 'mysql',
  dialectOptions: { socketPath: url.searchParams.get('socketPath'), decimalNumbers: true },
  isolationLevel: Sequelize.Transaction.ISOLATION_LEVELS.READ_COMMITTED,
  logging: false,
  pool: { max: 20, acquire: 60_000 },
})

const { BIGINT, BOOLEAN, DATE, DECIMAL, INTEGER, STRING } = DataTypes
const id = (type, autoIncrement = false) => ({ type, primaryKey: true, autoIncrement })
const define = (table, columns) => sequelize.define(table, columns, { tableName: table, timestamps: false })

export const User = define('users', {
  user_id: id(INTEGER, true),
  mobile: STRING,
  total_points: INTEGER,
  ledger_seq: INTEGER,
  nickname: STRING,
  is_merchant: BOOLEAN,
  status: STRING,
  avatar: STRING,
  last_login: DATE(3),
  created_at: DATE(3),
  updated_at: DATE(3),
})

export const PointsRecord = define('points_records', {
  record_id: id(BIGINT, true),
  user_id: INTEGER,
  seq: INTEGER,
  points: INTEGER,
  type: STRING,
  source: STRING,
  related_id: STRING,
  description: STRING,
  balance_after: INTEGER,
  created_at: DATE(3),
})

export const Wheel = define('lottery_wheel', { wheel_id: id(INTEGER), version: INTEGER, pity_prize_id: INTEGER })

export const Prize = define('lottery_prizes', {
  prize_id: id(INTEGER, true),
  prize_name: STRING,
  prize_type: STRING,
  prize_value: DECIMAL(10, 2),
  angle: INTEGER,
  color: STRING,
  probability: DECIMAL(6, 4),
  is_activity: BOOLEAN,
  cost_points: INTEGER,
  status: STRING,
})

export const Pity = define('lottery_pity', {
  user_id: id(INTEGER),
  current_count: INTEGER,
  draws_day: STRING,
  draws_today: INTEGER,
  draw_no: BIGINT,
  updated_at: DATE(3),
})

export const LotteryRecord = define('lottery_records', {
  record_id: id(BIGINT, true),
  draw_id: STRING,
  draw_sequence: INTEGER,
  user_id: INTEGER,
  prize_id: INTEGER,
  prize_name: STRING,
  prize_type: STRING,
  prize_value: DECIMAL(10, 2),
  draw_type: STRING,
  points_cost: INTEGER,
  points_awarded: INTEGER,
  is_near_miss: BOOLEAN,
  is_pity: BOOLEAN,
  roll: INTEGER,
  wheel_version: INTEGER,
  created_at: DATE(3),
})

export const Product = define('products', {
  commodity_id: id(INTEGER, true),
  name: STRING,
  exchange_points: INTEGER,
  stock: INTEGER,
  stock_seq: INTEGER,
  image: STRING,
  status: STRING,
  sales_count: INTEGER,
  updated_at: DATE(3),
})

export const StockMovement = define('stock_movements', {
  movement_id: id(BIGINT, true),
  commodity_id: INTEGER,
  quantity_change: INTEGER,
  operation: STRING,
  related_id: STRING,
  created_at: DATE(3),
})

export const ExchangeRecord = define('exchange_records', {
  exchange_id: id(STRING),
  exchange_code: STRING,
  user_id: INTEGER,
  commodity_id: INTEGER,
  product_name: STRING,
  product_image: STRING,
  quantity: INTEGER,
  total_points: INTEGER,
  status: STRING,
  expires_at: DATE(3),
  created_at: DATE(3),
})

export const Voucher = define('vouchers', {
  code: id(STRING),
  kind: STRING,
  user_id: INTEGER,
  source_id: STRING,
  title: STRING,
  quantity: INTEGER,
  status: STRING,
  expires_at: DATE(3),
  created_at: DATE(3),
})

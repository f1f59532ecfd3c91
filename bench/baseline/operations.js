import { randomBytes, randomInt } from 'node:crypto'
import {
  ExchangeRecord,
  LotteryRecord,
  Pity,
  PointsRecord,
  Prize,
  Product,
  StockMovement,
  sequelize,
  User,
  Voucher,
  Wheel,
} from './models.js'

const pityLimit = 10
const voucherLife_ms = 30 * 86_400_000

/** A refusal of the rules. */
export class Refused extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

/** One draw, in a transaction of its own that locks the user first. */
export function draw(userId) {
  return sequelize.transaction(async (transaction) => {
    const user = await lockUser(userId, transaction)
    const pity = await lockPity(userId, transaction)
    const wheel = await Wheel.findByPk(1, { transaction })
    const prizes = await Prize.findAll({ where: { status: 'active' }, order: ['angle'], transaction })
    const drawId = newId('DR')
    const price = prizes[0].cost_points
    await post(user, { points: -price, source: 'lottery', relatedId: drawId, description: '单抽消耗积分' }, transaction)
    const isPity = pity.current_count >= pityLimit - 1
    const roll = isPity ? null : randomInt(10_000)
    const prize = isPity ? prizes.find(({ prize_id }) => prize_id === wheel.pity_prize_id) : landOn(prizes, roll)
    const won = prize.prize_type === 'points' ? Number(prize.prize_value) : 0
    if (won > 0)
      await post(user, { points: won, source: 'lottery', relatedId: drawId, description: '单抽获得积分' }, transaction)
    const voucher = ['coupon', 'physical'].includes(prize.prize_type)
      ? await issue(user, { kind: 'prize', sourceId: `${drawId}-1`, title: prize.prize_name }, transaction)
      : null
    const record = {
      ...{ draw_id: drawId, draw_sequence: 1, user_id: userId, prize_id: prize.prize_id },
      ...{ prize_name: prize.prize_name, prize_type: prize.prize_type, prize_value: prize.prize_value },
      ...{ draw_type: 'single', points_cost: price, points_awarded: won, is_near_miss: false, is_pity: isPity, roll },
      ...{ wheel_version: wheel.version, created_at: new Date() },
    }
    await LotteryRecord.create(record, { transaction })
    const today = new Date().toISOString().slice(0, 10)
    const counters = {
      current_count: prize.prize_id === wheel.pity_prize_id ? 0 : pity.current_count + 1,
      draws_day: today,
      draws_today: (pity.draws_day === today ? pity.draws_today : 0) + 1,
      updated_at: new Date(),
    }
    await pity.update(counters, { transaction })
    return { draw_id: drawId, results: [{ ...record, voucher }], remaining_points: user.total_points }
  })
}

/** One exchange, in a transaction of its own that locks the user and the product. */
export function exchange(userId, { product_id, quantity }) {
  return sequelize.transaction(async (transaction) => {
    const user = await lockUser(userId, transaction)
    const product = await Product.findByPk(product_id, { transaction, lock: transaction.LOCK.UPDATE })
    if (product?.status !== 'active') throw new Refused(4002, '商品不存在')
    if (product.stock < quantity) throw new Refused(4004, '库存不足')
    const exchangeId = newId('EX')
    const total = product.exchange_points * quantity
    const description = `兑换 ${product.name} × ${quantity}`
    await product.update(
      {
        ...{ stock: product.stock - quantity, stock_seq: product.stock_seq + 1 },
        ...{ sales_count: product.sales_count + quantity, updated_at: new Date() },
      },
      { transaction },
    )
    await StockMovement.create(
      {
        ...{ commodity_id: product_id, quantity_change: -quantity, operation: 'purchase' },
        ...{ related_id: exchangeId, created_at: new Date() },
      },
      { transaction },
    )
    await post(user, { points: -total, source: 'exchange', relatedId: exchangeId, description }, transaction)
    const voucher = await issue(user, { kind: 'product', sourceId: exchangeId, title: product.name }, transaction)
    const order = await ExchangeRecord.create(
      {
        ...{ exchange_id: exchangeId, exchange_code: voucher.code, user_id: userId, commodity_id: product_id },
        ...{ product_name: product.name, product_image: product.image, quantity, total_points: total },
        ...{ status: 'pending', expires_at: voucher.expires_at, created_at: new Date() },
      },
      { transaction },
    )
    return { ...order.toJSON(), remaining_points: user.total_points }
  })
}

/** A page of the user's ledger, with the number of all its rows. */
export async function records(userId, { page = '1', limit = '20' }) {
  const { rows, count } = await PointsRecord.findAndCountAll({
    where: { user_id: userId },
    order: [['seq', 'DESC']],
    limit: Number(limit),
    offset: (Number(page) - 1) * Number(limit),
  })
  return { records: rows, pagination: { page: Number(page), limit: Number(limit), total: count } }
}

export async function info(userId) {
  return (await User.findByPk(userId)).toJSON()
}

/** The wheel, its prizes and the user's counters. */
export async function config(userId) {
  const [wheel, prizes, pity] = await Promise.all([
    Wheel.findByPk(1),
    Prize.findAll({ where: { status: 'active' }, order: ['angle'] }),
    Pity.findByPk(userId),
  ])
  return { ...wheel.toJSON(), prizes, cost_points: prizes[0].cost_points, user_pity: pity }
}

async function lockUser(userId, transaction) {
  return User.findByPk(userId, { transaction, lock: transaction.LOCK.UPDATE })
}

async function lockPity(userId, transaction) {
  const found = await Pity.findByPk(userId, { transaction, lock: transaction.LOCK.UPDATE })
  const first = { user_id: userId, current_count: 0, draws_day: '', draws_today: 0, draw_no: 0, updated_at: new Date() }
  return found ?? Pity.create(first, { transaction })
}

async function post(user, { points, source, relatedId, description }, transaction) {
  const balance = user.total_points + points
  if (balance < 0) throw new Refused(4005, '积分不足')
  const seq = user.ledger_seq + 1
  await user.update({ total_points: balance, ledger_seq: seq, updated_at: new Date() }, { transaction })
  await PointsRecord.create(
    {
      ...{ user_id: user.user_id, seq, points, type: points > 0 ? 'earn' : 'spend', source, related_id: relatedId },
      ...{ description, balance_after: balance, created_at: new Date() },
    },
    { transaction },
  )
}

async function issue(user, { kind, sourceId, title }, transaction) {
  const expires_at = new Date(Date.now() + voucherLife_ms)
  const code = newId('').slice(1, 11)
  const voucher = { code, kind, user_id: user.user_id, source_id: sourceId, title, quantity: 1, status: 'active' }
  return Voucher.create({ ...voucher, expires_at, created_at: new Date() }, { transaction })
}

function landOn(prizes, roll) {
  let end = 0
  return prizes.find(({ probability }) => {
    end += Math.round(Number(probability) * 10_000)
    return roll < end
  })
}

function newId(prefix) {
  return `${prefix}_${randomBytes(8).toString('hex').toUpperCase()}`
}

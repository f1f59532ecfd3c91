import { pointsFor } from '../src/contract/money.ts'
import type { ReadEvidence } from '../src/receipts/reading/kept-reading.ts'

/** A row of the ledger that a visit leaves. */
interface Step {
  source: 'photo_upload' | 'lottery' | 'exchange'
  /** Which receipt, draw or order of the visit it is of. */
  event: number
  points: number
}

const paid_fen = 6_000
const pointsAReceipt = pointsFor(paid_fen)
const receipt: Step = { source: 'photo_upload', event: 0, points: pointsAReceipt }

function draw(event: number, wins: boolean): Step[] {
  const cost: Step = { source: 'lottery', event, points: -100 }
  return wins ? [cost, { source: 'lottery', event, points: 50 }] : [cost]
}

function order(event: number): Step {
  return { source: 'exchange', event, points: -1 }
}

/** What one visit of a diner leaves: a row of the ledger for each step. */
export const visit = [
  receipt,
  ...draw(0, true),
  ...draw(1, true),
  order(0),
  ...draw(2, false),
  ...draw(3, true),
  order(1),
]
export const drawsAVisit = 4
export const ordersAVisit = 2
/** How many points a visit leaves. */
export const gain = visit.reduce((sum, { points }) => sum + points, 0)

export interface FilledTable {
  /** The steps of a visit that leave a row in it, as SQL. */
  steps: string
  /** The SQL of each column. */
  columns: Readonly<Record<string, string>>
}

/** What visits leave in each table: one visit a day since `since`, in which everybody orders this product. */
export function tablesOf(productId: number, since: Date) {
  const at = `'${since.toISOString().slice(0, -1).replace('T', ' ')}' + INTERVAL v.n DAY + INTERVAL u.user_id SECOND`
  const won = '(s.points > 0)'
  // A voucher's code has ten characters.
  const code = `LPAD(CONV(LEFT(${hashOf('code')}, 12), 16, 36), 10, '0')`
  const draws = oneOf(Array.from({ length: drawsAVisit }, (_, event) => ({ event, points: winsIn(event) })))
  const orders = oneOf(Array.from({ length: ordersAVisit }, (_, event) => ({ event })))
  const [drawId, orderId, uploadId] = [idOf('DR', 15), idOf('EX', 10), idOf('UP', 10)]
  const staff = '(SELECT MIN(user_id) FROM users)'
  const amount_fen = `${paid_fen}`
  const user = { user_id: 'u.user_id', created_at: at }
  const turn = { prize_id: `IF(${won}, 2, 8)`, points_awarded: 's.points', roll: `IF(${won}, 1500, 9000)` }
  return {
    points_records: {
      steps: oneOf(ledgerSteps()),
      columns: {
        ...{ ...user, seq: `v.n * ${visit.length} + s.place`, points: 's.points', source: 's.source' },
        ...{
          type: `IF(${won}, 'earn', 'spend')`,
          balance_after: `v.n * ${gain} + s.sum`,
          salt: `UNHEX(${hashOf('')})`,
        },
        related_id: `CASE s.source WHEN 'lottery' THEN ${drawId} WHEN 'exchange' THEN ${orderId} ELSE ${uploadId} END`,
        description:
          "CASE s.source WHEN 'lottery' THEN '单抽消耗积分' WHEN 'exchange' THEN '兑换 秒杀商品 × 1' ELSE '小票审核通过' END",
      },
    },
    lottery_records: {
      steps: draws,
      columns: {
        ...{ ...user, ...turn, draw_id: drawId, draw_sequence: '1', draw_type: "'single'", points_cost: '100' },
        ...{ prize_name: `IF(${won}, '50积分', '谢谢参与')`, prize_type: `IF(${won}, 'points', 'empty')` },
        ...{ prize_value: 's.points', is_near_miss: '0', is_pity: '0', took_stock: '0', wheel_version: wheelVersion },
      },
    },
    draw_turns: {
      steps: draws,
      columns: {
        ...{ ...user, ...turn, draw_no: `v.n * ${drawsAVisit} + s.event + 1`, draw_id: drawId, epoch: '1' },
        ...{ wheel_version: wheelVersion, wheel_hash: "UNHEX(SHA2('history', 256))", client_seed: "''" },
        ...{ client_seed_source: "'none'", pity_before: '0', fell_through: '0', is_near_miss: '0' },
      },
    },
    exchange_records: {
      steps: orders,
      columns: {
        ...{ ...user, exchange_id: orderId, exchange_code: code, commodity_id: `${productId}`, quantity: '1' },
        ...{ product_name: "'秒杀商品'", total_points: '1', status: "'completed'", expires_at: at, completed_at: at },
      },
    },
    vouchers: {
      steps: orders,
      columns: {
        ...{ ...user, code, kind: "'product'", source_id: orderId, title: "'秒杀商品'", quantity: '1' },
        ...{ status: "'redeemed'", expires_at: at, redeemed_at: at, redeemed_by: staff },
      },
    },
    upload_reviews: {
      steps: oneOf([{ event: 0 }]),
      columns: {
        ...{ ...user, upload_id: uploadId, image_key: `UPPER(LEFT(${hashOf('image')}, 26))`, flags: "'[]'" },
        ...{ image_sha256: `SHA2(${hashOf('image')}, 256)`, image_phash: `SHA2(${hashOf('look')}, 256)` },
        ...{ input_amount_fen: amount_fen, recognized_amount_fen: amount_fen, reviewed_amount_fen: amount_fen },
        read_merchant: "'老顾客饭店'",
        read_number: `LEFT(${hashOf('number')}, 16)`,
        read_paid_at: `REPLACE(LEFT(${at}, 19), ' ', 'T')`,
        read_evidence: `'${JSON.stringify(evidence)}'`,
        ...{ estimated_points: `${pointsAReceipt}`, points_awarded: `${pointsAReceipt}`, review_status: "'approved'" },
        ...{ review_reason: "'审核通过'", reviewer_id: staff, review_time: `${at} + INTERVAL 10 MINUTE` },
      },
    },
    stock_movements: {
      steps: orders,
      columns: {
        ...{ commodity_id: `${productId}`, quantity_change: '-1', operation: "'purchase'", related_id: orderId },
        created_at: at,
      },
    },
  } satisfies Record<string, FilledTable>
}

/** What a reading leaves, as long as it usually is. */
const evidence: ReadEvidence = {
  kind: 'receipt',
  amount_fen: paid_fen,
  witnesses: ['label', 'sum'],
  confidence: 0.88,
  boxes: [
    { x: 0.62, y: 0.71, width: 0.2, height: 0.03 },
    { x: 0.1, y: 0.71, width: 0.16, height: 0.03 },
  ],
  invoice: null,
}

const wheelVersion = '(SELECT version FROM lottery_wheel)'

/** As a real id is: the visit's moment, then random characters; and the same in every table. */
function idOf(prefix: string, randomLength: number): string {
  return `CONCAT('${prefix}_', LPAD(v.n, 6, '0'), UPPER(LEFT(${hashOf(prefix)}, ${randomLength})))`
}

function hashOf(what: string): string {
  return `MD5(CONCAT_WS('/', '${what}', u.user_id, v.n, s.event))`
}

function winsIn(event: number): number {
  return visit.find((step) => step.source === 'lottery' && step.event === event && step.points > 0)?.points ?? 0
}

/** The steps of a visit, each with its place and with what all up to it come to. */
function ledgerSteps() {
  let sum = 0
  return visit.map((step, at) => {
    sum += step.points
    return { ...step, place: at + 1, sum }
  })
}

/** A table of these rows, as SQL. */
function oneOf(rows: readonly Record<string, string | number>[]): string {
  const literal = (value: string | number) => (typeof value === 'number' ? `${value}` : `'${value}'`)
  return rows
    .map(
      (row) =>
        `SELECT ${Object.entries(row)
          .map(([name, value]) => `${literal(value)} AS ${name}`)
          .join(', ')}`,
    )
    .join(' UNION ALL ')
}

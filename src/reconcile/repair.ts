import type { Database } from '../db/client.ts'
import type { Transaction } from '../db/transact.ts'
import { type Product, products } from '../exchange/schema.ts'
import { mostAtOnce } from '../lib/most-at-once.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { lockOrder } from '../lock-order.ts'
import type { Actor } from '../staff/actor.ts'
import { audit, difference } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { derivedMapping, type Key, rows, type TableMapping } from '../till/table-mapping.ts'
import type { Till } from '../till/till.ts'
import { type User, users } from '../users/schema.ts'
import { findMismatches } from './checks.ts'
import { repairPrizeStock } from './prize-stock.ts'

/** The sum of one user's or one product's ledger rows. */
interface LedgerSum {
  id: number
  total: number
  last_seq: number
  row_count: number
}

const pointsLedger = sumsOf(
  'points ledger',
  'SELECT user_id AS id, SUM(points) AS total, MAX(seq) AS last_seq, COUNT(*) AS row_count FROM points_records WHERE user_id IN (?) GROUP BY user_id',
)
const stockLedger = sumsOf(
  'stock ledger',
  'SELECT commodity_id AS id, SUM(quantity_change) AS total, 0 AS last_seq, COUNT(*) AS row_count FROM stock_movements WHERE commodity_id IN (?) GROUP BY commodity_id',
)

interface Repair {
  /** Of the user, or of the product. */
  id: number
  actor: Actor
}

/** Sets a balance that disagrees to the sum of its ledger, if no ledger row is missing. */
const repairBalance: Operation<Repair, { repaired: boolean }> = {
  name: 'repair_balance',
  laneKey: ({ id }) => id,
  needs: ({ id: userId }) => [rows(users, userId), rows(pointsLedger, userId)],
  decide(unit, { id: userId, actor }) {
    const user = unit.get(users, [userId])
    const { total, last_seq, row_count } = unit.get(pointsLedger, [userId])
    // Rows are missing, so their sum is not the balance.
    if (row_count !== last_seq || row_count < user.ledger_seq) return { repaired: false }
    if (total < 0 || (total === user.total_points && last_seq === user.ledger_seq)) return { repaired: false }
    const patch = { total_points: total, ledger_seq: last_seq }
    const changes = difference<User>(user, patch)
    unit.update(users, user, { ...patch, updated_at: unit.now })
    audit(unit, actor, { action: 'reconcile.repair', target: `user:${userId}`, ...changes })
    return { repaired: true }
  },
}

/** Sets a stock that disagrees to the sum of its movements, if none is missing. */
const repairStock: Operation<Repair, { repaired: boolean }> = {
  name: 'repair_stock',
  laneKey: ({ id }) => id,
  needs: ({ id: productId }) => [rows(products, productId), rows(stockLedger, productId)],
  decide(unit, { id: productId, actor }) {
    const product = unit.get(products, [productId])
    const { total, row_count } = unit.get(stockLedger, [productId])
    if (row_count < product.stock_seq || (row_count === 0 && product.stock > 0)) return { repaired: false }
    if (total < 0 || total === product.stock) return { repaired: false }
    const changes = difference<Product>(product, { stock: total })
    unit.update(products, product, { stock: total, updated_at: unit.now })
    audit(unit, actor, { action: 'reconcile.repair', target: `product:${productId}`, ...changes })
    return { repaired: true }
  },
}

/**
 * Sets every balance and stock that disagrees to the sum of its ledger, and completes the movements of a prize. Returns
 * how many it could repair. The audit log keeps the old values.
 * @throws {OperatorError} when more disagree than `most`, or without it than `mostAtOnce` allows.
 */
export async function repair(
  { database, till }: { database: Database; till: Till },
  actor: Actor,
  most?: number,
): Promise<number> {
  const operations = { balance: repairBalance, stock: repairStock, prize_stock: repairPrizeStock }
  const wrong = (await findMismatches(database)).filter(({ repairs }) => repairs !== undefined)
  await requireFew(database, wrong.length, most)
  let repaired = 0
  for (const { repairs, id } of wrong) {
    if (repairs && (await till.run(operations[repairs], { id: Number(id), actor })).answer.repaired) repaired += 1
  }
  return repaired
}

async function requireFew(database: Database, wrong: number, most?: number): Promise<void> {
  const [row] = await database.query<{ total: number }>(
    'SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM products) AS total',
  )
  const total = Number(row?.total ?? 0)
  const allowed = most ?? mostAtOnce(total)
  if (wrong <= allowed) return
  throw new OperatorError(
    `${wrong} of ${total} balances and stocks disagree, and ${allowed} are repaired at once: nothing was changed. ` +
      `Is the ledger whole? If it is: reconcile --repair ${wrong}`,
  )
}

/** Maps the sums of a ledger. They are read after the row that they are compared with is locked. */
function sumsOf(name: string, sql: string): TableMapping<LedgerSum, never> {
  return derivedMapping({
    name,
    rank: lockOrder.journals,
    updates: [],
    keyOf: ({ id }: LedgerSum) => [id],
    async load(tx: Transaction, keys: readonly Key[]) {
      const ids = keys.map(([id]) => Number(id))
      const found = await tx.query<{ id: number; total: string; last_seq: number; row_count: number }>(sql, [ids])
      const sums = new Map(found.map((row) => [row.id, row]))
      return ids.map((id) => {
        const { total = '0', last_seq = 0, row_count = 0 } = sums.get(id) ?? {}
        return { id, total: Number(total), last_seq, row_count }
      })
    },
  })
}

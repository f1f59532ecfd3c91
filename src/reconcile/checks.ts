import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { prizeLedger } from '../lottery/prize-ledger.ts'

/** What can be repaired: balances and stocks from their ledger, the ledger of a prize from what is left of it. */
export type Repair = 'balance' | 'stock' | 'prize_stock'

/** A row that breaks an invariant. */
export interface Mismatch {
  check: string
  id: string
  /** What can be repaired; undefined when nothing can. */
  repairs?: Repair | undefined
  details: Record<string, unknown>
}

/**
 * An invariant of points or stock, as a query for the rows that break it within a range of keys. Every query names its
 * indexes. Without that, a server whose statistics are of empty tables takes others, and reads a person's whole history
 * for each row of it.
 */
export interface Invariant {
  name: string
  repairs?: Repair
  /** The table that is gone through range by range, and its integer key. */
  along: readonly [table: string, key: string]
  /** Takes the first and the last key of a range. */
  sql: string
}

const invariants: readonly Invariant[] = [
  {
    name: 'a balance is the sum of its ledger',
    repairs: 'balance',
    along: ['users', 'user_id'],
    sql: `
      SELECT u.user_id AS id, u.total_points AS balance, u.ledger_seq,
             COALESCE((SELECT SUM(l.points) FROM ${byUser('l')} WHERE l.user_id = u.user_id), 0) AS ledger,
             COALESCE((SELECT MAX(l.seq) FROM ${byUser('l')} WHERE l.user_id = u.user_id), 0) AS last_seq
        FROM users u WHERE u.user_id BETWEEN ? AND ?
      HAVING balance <> ledger OR ledger_seq <> last_seq`,
  },
  {
    name: 'each ledger row has the running sum',
    along: ['points_records', 'user_id'],
    sql: `
      SELECT user_id AS id, seq, balance_after, running FROM (
        SELECT user_id, seq, balance_after,
               SUM(points) OVER (PARTITION BY user_id ORDER BY seq) AS running,
               ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY seq) AS position
          FROM ${byUser('r')} WHERE user_id BETWEEN ? AND ?) numbered
       WHERE balance_after <> running OR seq <> position`,
  },
  {
    name: 'a stock is the sum of its movements',
    repairs: 'stock',
    along: ['products', 'commodity_id'],
    sql: `
      SELECT p.commodity_id AS id, p.stock, COALESCE(
               (SELECT SUM(m.quantity_change) FROM stock_movements m FORCE INDEX (stock_movements_product)
                 WHERE m.commodity_id = p.commodity_id), 0) AS moved
        FROM products p WHERE p.commodity_id BETWEEN ? AND ?
      HAVING stock <> moved OR stock < 0`,
  },
  {
    name: 'a draw has exactly its ledger rows',
    along: ['lottery_records', 'user_id'],
    sql: `
      SELECT d.draw_id AS id, SUM(d.points_cost) AS cost, SUM(d.points_awarded) AS won,
             ${ledgerOf('d', 'draw_id', 'lottery', '-SUM(LEAST(l.points, 0))')} AS spent,
             ${ledgerOf('d', 'draw_id', 'lottery', 'SUM(GREATEST(l.points, 0))')} AS earned
        FROM lottery_records d FORCE INDEX (lottery_records_user) WHERE d.user_id BETWEEN ? AND ? GROUP BY d.draw_id, d.user_id
      HAVING cost <> spent OR won <> earned`,
  },
  {
    name: 'an order has exactly its ledger rows',
    along: ['exchange_records', 'user_id'],
    sql: `
      SELECT e.exchange_id AS id, e.status, e.total_points,
             ${ledgerOf('e', 'exchange_id', 'exchange', '-SUM(l.points)')} AS charged,
             ${ledgerOf('e', 'exchange_id', 'exchange_cancel', 'SUM(l.points)')} AS back
        FROM exchange_records e FORCE INDEX (exchange_records_user) WHERE e.user_id BETWEEN ? AND ?
      HAVING charged <> total_points OR back <> IF(status IN ('cancelled', 'expired'), total_points, 0)`,
  },
  {
    name: 'an order has exactly its stock movements',
    along: ['exchange_records', 'user_id'],
    sql: `
      SELECT e.exchange_id AS id, e.status, e.quantity,
             ${movedBy(['purchase'], '-SUM(m.quantity_change)')} AS sold,
             ${movedBy(['cancel', 'expire'], 'SUM(m.quantity_change)')} AS back
        FROM exchange_records e FORCE INDEX (exchange_records_user) WHERE e.user_id BETWEEN ? AND ?
      HAVING sold <> quantity OR back <> IF(status IN ('cancelled', 'expired'), quantity, 0)`,
  },
  {
    name: 'an order has its voucher',
    along: ['exchange_records', 'user_id'],
    sql: `
      SELECT e.exchange_id AS id, e.status, v.status AS voucher
        FROM exchange_records e FORCE INDEX (exchange_records_user)
        LEFT JOIN vouchers v FORCE INDEX (PRIMARY) ON v.code = e.exchange_code AND v.source_id = e.exchange_id AND v.user_id = e.user_id
       WHERE e.user_id BETWEEN ? AND ?
         AND (v.status IS NULL OR v.status <> CASE e.status WHEN 'pending' THEN 'active'
                                                            WHEN 'completed' THEN 'redeemed' ELSE e.status END)`,
  },
  {
    name: 'an approved review has exactly its ledger row',
    along: ['upload_reviews', 'user_id'],
    sql: `
      SELECT r.upload_id AS id, r.review_status, r.points_awarded,
             ${ledgerOf('r', 'upload_id', 'photo_upload', 'SUM(l.points)')} AS ledger
        FROM upload_reviews r FORCE INDEX (upload_reviews_user) WHERE r.user_id BETWEEN ? AND ?
      HAVING ledger <> IF(review_status = 'approved', points_awarded, 0)`,
  },
  {
    name: 'a ledger row has its draw, order or review',
    along: ['points_records', 'user_id'],
    sql: `
      SELECT l.related_id AS id, l.source, l.user_id, l.points FROM ${byUser('l')}
       WHERE l.user_id BETWEEN ? AND ? AND (
             (l.source = 'lottery' AND NOT EXISTS (
               SELECT 1 FROM lottery_records d FORCE INDEX (lottery_records_draw)
                WHERE d.draw_id = l.related_id AND d.user_id = l.user_id))
          OR (l.source IN ('exchange', 'exchange_cancel') AND NOT EXISTS (
               SELECT 1 FROM exchange_records e FORCE INDEX (PRIMARY)
                WHERE e.exchange_id = l.related_id AND e.user_id = l.user_id))
          OR (l.source = 'photo_upload' AND NOT EXISTS (
               SELECT 1 FROM upload_reviews r FORCE INDEX (PRIMARY)
                WHERE r.upload_id = l.related_id AND r.user_id = l.user_id)))`,
  },
  {
    name: 'a stock movement of an order has its order',
    along: ['stock_movements', 'movement_id'],
    sql: `
      SELECT m.related_id AS id, m.operation, m.commodity_id, m.quantity_change FROM stock_movements m FORCE INDEX (PRIMARY)
       WHERE m.movement_id BETWEEN ? AND ? AND m.operation IN ('purchase', 'cancel', 'expire') AND NOT EXISTS (
               SELECT 1 FROM exchange_records e FORCE INDEX (PRIMARY)
                WHERE e.exchange_id = m.related_id AND e.commodity_id = m.commodity_id)`,
  },
  {
    name: 'a prize’s stock is what its movements and draws leave',
    repairs: 'prize_stock',
    along: ['lottery_prizes', 'prize_id'],
    // Before the first start after the upgrade no wheel is written down, and no stock is opened.
    sql: `${prizeLedger('p.prize_id BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM wheel_versions)')}
      HAVING COALESCE(stock_remaining, 0) <> moved - taken`,
  },
  {
    name: 'a prize’s stock is what its steps come to, and it names the last of them',
    repairs: 'prize_stock',
    along: ['lottery_prizes', 'prize_id'],
    // Until the log has begun, replicas of an earlier version may draw without a step.
    sql: `
      SELECT p.prize_id AS id, p.stock_remaining, p.stock_seq,
             (SELECT COUNT(*) FROM prize_stock_steps s WHERE s.prize_id = p.prize_id) AS steps,
             (SELECT COALESCE(SUM(s.quantity_change), 0) FROM prize_stock_steps s WHERE s.prize_id = p.prize_id) AS stepped,
             p.stock_leaf <=> (SELECT s.leaf FROM prize_stock_steps s
                                WHERE s.prize_id = p.prize_id AND s.seq = p.stock_seq) AS is_last
        FROM lottery_prizes p
       WHERE p.prize_id BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM log_genesis WHERE digest IS NOT NULL)
      HAVING COALESCE(stock_remaining, 0) <> stepped OR stock_seq <> steps OR is_last = 0`,
  },
  {
    name: 'the wheel is open or closed as the audit log said last',
    along: ['lottery_wheel', 'wheel_id'],
    sql: `
      SELECT w.wheel_id AS id, w.closed_at,
             (SELECT IF(a.action = 'wheel.close', a.created_at, NULL) FROM audit_log a
               WHERE a.action IN ('wheel.close', 'wheel.open') ORDER BY a.audit_id DESC LIMIT 1) AS audited
        FROM lottery_wheel w WHERE w.wheel_id BETWEEN ? AND ?
      HAVING NOT (closed_at <=> audited)`,
  },
]

/** Keys in one range. A short statement holds up neither a stop nor the database's own clean-up. */
const rangeSize = 500
/** Long enough for an account with a very long history, on a disk that a backup keeps busy. */
const rangeTimeout_ms = 60_000

/**
 * Every row in the whole database that breaks an invariant; empty when all is well.
 * @throws `stop`'s reason once it is aborted: a search that was cut short proves nothing.
 */
export function findMismatches(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  return findBroken(database, { invariants, what: 'ranges of balances and stocks' }, stop, progress)
}

/** Every row that breaks one of these invariants. */
export async function findBroken(
  database: Database,
  { invariants, what }: { invariants: readonly Invariant[]; what: string },
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  const found: Mismatch[] = []
  const steps: { invariant: Invariant; range: [number, number] }[] = []
  for (const invariant of invariants)
    for (const range of await rangesOf(database, invariant.along)) steps.push({ invariant, range })
  for (const [done, { invariant, range }] of steps.entries()) {
    stop?.throwIfAborted()
    progress(what, done, steps.length)
    const { name, repairs, sql } = invariant
    for (const { id, ...details } of await database.query<{ id: unknown }>(sql, range, rangeTimeout_ms)) {
      found.push({ check: name, id: String(id), repairs, details })
    }
  }
  return found
}

async function rangesOf(database: Database, [table, key]: Invariant['along']): Promise<[number, number][]> {
  const [ends] = await database.query<{ first: number | null; last: number | null }>(
    `SELECT MIN(${key}) AS first, MAX(${key}) AS last FROM ${table}`,
  )
  const ranges: [number, number][] = []
  for (let from = ends?.first ?? 1; from <= (ends?.last ?? 0); from += rangeSize)
    ranges.push([from, from + rangeSize - 1])
  return ranges
}

/** The ledger, read by its index of users. */
function byUser(alias: string): string {
  return `points_records ${alias} FORCE INDEX (points_records_user_seq)`
}

/** A sum over the ledger rows of one row, found by its key. A join with the summed ledger took 13 times as long. */
function ledgerOf(row: string, id: string, source: string, sum: string): string {
  return `COALESCE((SELECT ${sum} FROM points_records l FORCE INDEX (points_records_once)
                     WHERE l.related_id = ${row}.${id} AND l.source = '${source}' AND l.user_id = ${row}.user_id), 0)`
}

/** A sum over the stock movements of an order that have one of these `operations`, likewise. */
function movedBy(operations: string[], sum: string): string {
  const among = operations.map((operation) => `'${operation}'`).join(', ')
  return `COALESCE((SELECT ${sum} FROM stock_movements m FORCE INDEX (stock_movements_once)
                     WHERE m.related_id = e.exchange_id AND m.commodity_id = e.commodity_id
                       AND m.operation IN (${among})), 0)`
}

import type { Database } from '../db/client.ts'
import { stockMovementsTable } from '../exchange/schema.ts'
import { stockLeaf } from '../exchange/stock-leaf.ts'
import { drawTurnsTable, prizeStockStepsTable } from '../fairness/schema.ts'
import { logStockStep } from '../fairness/stock-steps.ts'
import { logTurn } from '../fairness/turns.ts'
import { ledgerLeaf } from '../points/leaf.ts'
import { pointsRecordsTable } from '../points/schema.ts'
import { auditLeaf } from '../staff/leaves.ts'
import { auditLogTable } from '../staff/schema.ts'
import type { Leaf } from '../till/log-entry.ts'
import { decoderOf } from '../till/table-mapping.ts'
import type { Genesis } from './genesis.ts'

/** A table whose every row has its leaf. */
export interface LoggedTable {
  /** The first word of its leaves' labels. */
  kind: string
  /** The rows that leaves with these labels may be of. */
  find(database: Database, labels: readonly string[]): Promise<LoggedRow[]>
  /** The rows of a group that should have a leaf. */
  since(database: Database, genesis: Genesis, group: string): Promise<Leaf[]>
  /** How many rows should have a leaf, by the group that a label names. */
  count(database: Database, genesis: Genesis): Promise<Map<string, number>>
  groupOf(label: string): string
}

export interface LoggedRow {
  leaf: Leaf
  /** True for a row that is older than the log; it needs no leaf. */
  isOlder(genesis: Genesis): boolean
  /** The epoch whose seed decided the row; left out where none did. */
  epoch?: number | undefined
}

/** The word of a label that names the row. */
export const second = (label: string) => label.split(' ')[1] ?? ''
const beforeSlash = (label: string) => second(label).split('/')[0] ?? ''
const pairOf = (label: string) => second(label).split('/').map(Number)

/** Counts of rows by name. */
export async function countsBy(database: Database, sql: string, params: unknown[]): Promise<Map<string, number>> {
  const found = await database.query<{ name: unknown; rows_found: number }>(sql, params, countTimeout_ms)
  return new Map(found.map(({ name, rows_found }) => [String(name), Number(rows_found)]))
}

/** Counting the whole history takes its time. */
const countTimeout_ms = 60_000

const decodeLedger = decoderOf(pointsRecordsTable)
const decodeStock = decoderOf(stockMovementsTable)
const decodeAudit = decoderOf(auditLogTable)
const decodeStep = decoderOf(prizeStockStepsTable)
const decodeTurn = decoderOf(drawTurnsTable)

/** Rows as a transaction's query gives them: the decoders take dates as text. */
export async function select(database: Database, sql: string, params: unknown[]): Promise<Record<string, unknown>[]> {
  const rows = await database.query<Record<string, unknown>>(sql, params)
  for (const row of rows)
    for (const [column, value] of Object.entries(row))
      if (value instanceof Date) row[column] = value.toISOString().replace('T', ' ').replace('Z', '')
  return rows
}

async function leavesIn(
  database: Database,
  sql: string,
  params: unknown[],
  leafOf: (row: Record<string, unknown>) => Leaf,
): Promise<Leaf[]> {
  return (await select(database, sql, params)).map(leafOf)
}

/** Rows by a key of two columns. MariaDB finds no index for a list of pairs. */
function selectByPairs(
  database: Database,
  table: string,
  [first, second]: readonly [string, string],
  pairs: readonly (readonly (string | number)[])[],
): Promise<Record<string, unknown>[]> {
  const where = pairs.map(() => `(${first} = ? AND ${second} = ?)`).join(' OR ')
  return select(database, `SELECT * FROM ${table} WHERE ${where}`, pairs.flat())
}

export const loggedTables: readonly LoggedTable[] = [
  {
    kind: 'ledger',
    async find(database, labels) {
      const rows = await selectByPairs(database, 'points_records', ['user_id', 'seq'], labels.map(pairOf))
      return rows.map(decodeLedger).map((row) => ({
        leaf: ledgerLeaf(row),
        isOlder: ({ last_ledger_id }) => row.record_id <= last_ledger_id,
      }))
    },
    since: (database, { last_ledger_id }, group) =>
      leavesIn(
        database,
        'SELECT * FROM points_records WHERE user_id = ? AND record_id > ?',
        [group, last_ledger_id],
        (row) => ledgerLeaf(decodeLedger(row)),
      ),
    count: (database, { last_ledger_id }) =>
      countsBy(
        database,
        'SELECT user_id AS name, COUNT(*) AS rows_found FROM points_records WHERE record_id > ? GROUP BY user_id',
        [last_ledger_id],
      ),
    groupOf: beforeSlash,
  },
  {
    kind: 'stock',
    async find(database, labels) {
      const keys = labels.map((label) => label.split(' ').slice(2).reverse())
      const rows = await selectByPairs(database, 'stock_movements', ['related_id', 'operation'], keys)
      return rows.map(decodeStock).map((row) => ({
        leaf: stockLeaf(row),
        isOlder: ({ last_stock_id }) => row.movement_id <= last_stock_id,
      }))
    },
    since: (database, { last_stock_id }, group) =>
      leavesIn(
        database,
        'SELECT * FROM stock_movements WHERE commodity_id = ? AND movement_id > ?',
        [group, last_stock_id],
        (row) => stockLeaf(decodeStock(row)),
      ),
    count: (database, { last_stock_id }) =>
      countsBy(
        database,
        `SELECT commodity_id AS name, COUNT(*) AS rows_found FROM stock_movements WHERE movement_id > ?
          GROUP BY commodity_id`,
        [last_stock_id],
      ),
    groupOf: second,
  },
  {
    kind: 'audit',
    async find(database, labels) {
      const times = [...new Set(labels.map((label) => new Date(label.split(' ')[2] ?? '')))]
      const rows = await select(database, 'SELECT * FROM audit_log WHERE created_at IN (?)', [times])
      return rows.map(decodeAudit).map((row) => ({
        leaf: auditLeaf(row),
        isOlder: ({ last_audit_id }) => row.audit_id <= last_audit_id,
      }))
    },
    since: (database, { last_audit_id }, group) =>
      leavesIn(database, 'SELECT * FROM audit_log WHERE action = ? AND audit_id > ?', [group, last_audit_id], (row) =>
        auditLeaf(decodeAudit(row)),
      ),
    count: (database, { last_audit_id }) =>
      countsBy(
        database,
        'SELECT action AS name, COUNT(*) AS rows_found FROM audit_log WHERE audit_id > ? GROUP BY action',
        [last_audit_id],
      ),
    groupOf: second,
  },
  {
    kind: 'draw',
    async find(database, labels) {
      const rows = await selectByPairs(database, 'draw_turns', ['user_id', 'draw_no'], labels.map(pairOf))
      return rows.map(decodeTurn).map((row) => ({
        leaf: logTurn(row),
        isOlder: () => false,
        epoch: row.chain_id === null ? undefined : row.epoch,
      }))
    },
    since: (database, _, group) =>
      leavesIn(database, 'SELECT * FROM draw_turns WHERE user_id = ?', [group], (row) => logTurn(decodeTurn(row))),
    count: (database) =>
      countsBy(database, 'SELECT user_id AS name, COUNT(*) AS rows_found FROM draw_turns GROUP BY user_id', []),
    groupOf: beforeSlash,
  },
  {
    kind: 'prize',
    async find(database, labels) {
      const rows = await selectByPairs(database, 'prize_stock_steps', ['prize_id', 'seq'], labels.map(pairOf))
      return rows.map(decodeStep).map((row) => ({ leaf: logStockStep(row), isOlder: () => false }))
    },
    since: (database, _, group) =>
      leavesIn(database, 'SELECT * FROM prize_stock_steps WHERE prize_id = ?', [group], (row) =>
        logStockStep(decodeStep(row)),
      ),
    count: (database) =>
      countsBy(
        database,
        'SELECT prize_id AS name, COUNT(*) AS rows_found FROM prize_stock_steps GROUP BY prize_id',
        [],
      ),
    groupOf: beforeSlash,
  },
]
